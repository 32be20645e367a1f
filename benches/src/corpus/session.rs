//! Sessions: somebody who calls the same few things in bursts, while others do the like.

use super::Profile;
use super::actor::{Actor, Kind};
use super::catalogue::Call;
use super::record::{self, Outcome};
use super::values::Scene;
use crate::random::Random;

/// How many sessions go on at a time.
const AT_ONCE: usize = 8;

/// The sessions of one file.
pub struct Sessions<'c> {
    calls: &'c [(u64, Call)],
    profile: Profile,
    scene: Scene,
    random: Random,
    running: Vec<Session>,
    /// The one whose burst it is.
    now: usize,
}

struct Session {
    actor: Actor,
    focus: u64,
    /// Indices of what it calls.
    calls: Vec<usize>,
    /// How many calls are left.
    left: u64,
    /// Of a thousand calls.
    denied: u64,
    failed: u64,
}

impl<'c> Sessions<'c> {
    /// Sessions that make these calls.
    pub fn new(calls: &'c [(u64, Call)], profile: Profile, scene: Scene, random: Random) -> Self {
        Self { calls, profile, scene, random, running: Vec::new(), now: 0 }
    }

    /// Writes the next record.
    ///
    /// # Errors
    /// A template of an actor is wrong.
    pub fn write_record(&mut self, out: &mut String) -> Result<(), String> {
        while self.running.len() < AT_ONCE {
            let session = self.begin()?;
            self.running.push(session);
        }
        if self.random.per_mille(100) {
            self.now = self.random.below(AT_ONCE as u64) as usize;
        }
        if self.random.per_mille(150) {
            self.scene.second = (self.scene.second + 1) % 86_400;
        }
        let Self { calls, profile, scene, random, running, now } = self;
        let session = &mut running[*now];
        let call = &calls[*random.pick(&session.calls)].1;
        // Most calls concern the same things, the others some of a few more.
        let other = random.below(10).saturating_sub(6);
        scene.focus = session.focus + 1000 * other;
        let outcome = outcome(*profile, session, call, random);
        record::write(call, &session.actor, outcome, scene, random, out);
        session.left -= 1;
        if session.left == 0 {
            running.swap_remove(*now);
            *now = 0;
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<Session, String> {
        let Self { calls, profile, scene, random, .. } = self;
        // Things are few, so that they come up again in other sessions.
        scene.focus = random.below(300);
        let mut actor = Actor::new(*profile, scene, random)?;
        let mut chosen = Vec::new();
        let allowed: Vec<(u64, usize)> = calls
            .iter()
            .enumerate()
            .filter(|(_, (_, call))| may(&actor, call))
            .map(|(index, (weight, _))| (*weight, index))
            .collect();
        // Programs do few things, people look around, inventories ask for everything.
        let kinds = if random.per_mille(100) { 24 } else { random.between(2, 8) };
        for _ in 0..kinds {
            chosen.push(*random.pick_weighted(&allowed));
        }
        if *profile == Profile::HitNothing {
            // What people change in the console is what a rule looks for in every record.
            actor.console = false;
        }
        let (denied, failed) = if random.per_mille(150) { (200, 60) } else { (12, 50) };
        Ok(Session {
            actor,
            focus: scene.focus,
            calls: chosen,
            left: random.between(6, 120),
            denied,
            failed,
        })
    }
}

fn outcome(profile: Profile, session: &Session, call: &Call, random: &mut Random) -> Outcome {
    let drawn = match random.below(1000) {
        part if part < session.denied => Outcome::Denied,
        part if part < session.denied + session.failed => Outcome::Failed,
        _ => Outcome::Done,
    };
    match (profile, drawn) {
        (Profile::HitNothing, Outcome::Denied) => Outcome::Failed,
        (Profile::HitCatchAll, _) if session.actor.stands_out() => drawn,
        (Profile::HitCatchAll, _) => Outcome::Denied,
        // The console says so in `responseElements`.
        _ if call.is('c') || call.is('e') => Outcome::Done,
        _ => drawn,
    }
}

/// Whether somebody makes calls of that kind.
fn may(actor: &Actor, call: &Call) -> bool {
    match actor.kind {
        Kind::Service => call.is('s') || call.is('e'),
        Kind::OtherAccount => call.is('a'),
        Kind::WebIdentity => call.is('i'),
        Kind::Person | Kind::Root | Kind::User => !call.is('i') && !call.is('e'),
        Kind::Workload | Kind::Federated => !(call.is('i') || call.is('c') || call.is('e')),
    }
}
