//! Runs programs and tells what they took.

use std::error::Error;
use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{Usage as Resources, UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};
use serde::{Deserialize, Serialize};

/// What a run took.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Seconds of processor time, the program's own and the system's for it.
    pub cpu: f64,
    /// Seconds on the clock.
    pub wall: f64,
    /// The most memory that was resident, in MiB.
    pub peak: f64,
}

/// A program to run, with a name for people.
#[derive(Debug, Clone)]
pub struct Contender {
    /// What it is called in the output.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<OsString>,
}

impl Contender {
    /// A program with its arguments.
    pub fn new(name: &str, command: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self { name: name.to_owned(), command: command.into_iter().map(Into::into).collect() }
    }

    /// Runs it once, in a process of its own that does nothing else: what the system counts for the
    /// children of a process then is of this one alone.
    ///
    /// # Errors
    /// The program could not be run, or did not end well.
    pub fn run(&self) -> Result<Usage, Box<dyn Error>> {
        let output = Command::new(std::env::current_exe()?)
            .arg("measure")
            .arg("--")
            .args(&self.command)
            .stderr(Stdio::piped())
            .output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{} failed: {}", self.name, said.trim()).into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// Runs a program to its end and prints what it took as JSON: the inner half of [`Contender::run`].
///
/// # Errors
/// The program could not be run, or did not end well.
pub fn measure(command: &[OsString]) -> Result<(), Box<dyn Error>> {
    let (program, arguments) = command.split_first().ok_or("no program to measure")?;
    let start = Instant::now();
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status()?;
    let wall = start.elapsed();
    if !status.success() {
        return Err(format!("it ended with {status}").into());
    }
    let used = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let usage = Usage { cpu: cpu(&used), wall: wall.as_secs_f64(), peak: peak(&used) };
    println!("{}", serde_json::to_string(&usage)?);
    Ok(())
}

fn cpu(used: &Resources) -> f64 {
    let seconds = |time: TimeVal| time.num_microseconds() as f64 / 1e6;
    seconds(used.user_time()) + seconds(used.system_time())
}

/// The system counts in KiB, that of Apple in bytes.
fn peak(used: &Resources) -> f64 {
    let unit = if cfg!(target_vendor = "apple") { 1.0 } else { 1024.0 };
    used.max_rss() as f64 * unit / f64::from(1 << 20)
}

/// Runs all of them by turns, so that a slow minute of the machine strikes all alike, and returns the
/// medians of each.
///
/// # Errors
/// One of them could not be run.
pub fn compare(contenders: &[Contender], rounds: usize) -> Result<Vec<Usage>, Box<dyn Error>> {
    let mut runs: Vec<Vec<Usage>> = vec![Vec::new(); contenders.len()];
    for _ in 0..rounds.max(1) {
        for (contender, runs) in contenders.iter().zip(&mut runs) {
            runs.push(contender.run()?);
        }
    }
    let medians = runs.iter().map(|runs| Usage {
        cpu: median(runs.iter().map(|run| run.cpu)),
        wall: median(runs.iter().map(|run| run.wall)),
        peak: runs.iter().map(|run| run.peak).fold(0.0, f64::max),
    });
    Ok(medians.collect())
}

/// How long a program takes from its start to its end, as the median of so many runs.
///
/// # Errors
/// It could not be run, or did not end well.
pub fn wall(contender: &Contender, runs: usize) -> Result<Duration, Box<dyn Error>> {
    let (program, arguments) = contender.command.split_first().ok_or("no program to measure")?;
    let mut taken = Vec::new();
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        let status = Command::new(program).args(arguments).stdout(Stdio::null()).status()?;
        taken.push(start.elapsed().as_secs_f64());
        if !status.success() {
            return Err(format!("{} ended with {status}", contender.name).into());
        }
    }
    Ok(Duration::from_secs_f64(median(taken)))
}

/// The middle one of the numbers; 0 where there is none.
pub fn median(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.into_iter().collect();
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    let upper = numbers.get(middle).copied().unwrap_or_default();
    match numbers.len() % 2 {
        0 => (upper + numbers.get(middle.wrapping_sub(1)).copied().unwrap_or_default()) / 2.0,
        _ => upper,
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn medians() {
        for (numbers, expected) in
            [(&[][..], 0.0), (&[3.0], 3.0), (&[4.0, 1.0], 2.5), (&[9.0, 1.0, 2.0], 2.0)]
        {
            assert_eq!(median(numbers.iter().copied()), expected);
        }
    }
}
