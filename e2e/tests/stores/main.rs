//! Both stores do what stores must do, and say what is wrong when they cannot.

mod faults;
mod gone;
mod killed;
mod speed;

use std::{
    process::ExitCode,
    sync::{Arc, LazyLock},
};

use libtest_mimic::{Arguments, Trial};
use tokio::runtime::Runtime;
use trailalerts_e2e::{emulator::Emulator, store_suite, tables};
use trailalerts_processor::store::LocalStore;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().expect("threads can be started"));

fn main() -> ExitCode {
    if killed::writes_until_killed() || gone::emulates_until_killed() {
        return ExitCode::SUCCESS;
    }
    let mut trials = Vec::new();
    for behaviour in store_suite::behaviours() {
        let name = format!("local::{}", behaviour.name);
        trials.push(Trial::test(name, move || {
            let store = LocalStore::temporary()?;
            RUNTIME.block_on((behaviour.run)(Arc::new(store)));
            Ok(())
        }));
    }
    for behaviour in store_suite::behaviours() {
        let name = format!("dynamodb::{}", behaviour.name);
        trials.push(Trial::test(name, move || {
            let emulator = Emulator::shared()?;
            RUNTIME.block_on(async {
                let store = tables::new_store(emulator).await?;
                (behaviour.run)(Arc::new(store)).await;
                Ok(())
            })
        }));
    }
    trials.extend(faults::trials());
    trials.push(Trial::test("local::what_was_checkpointed_survives_a_kill", killed::survives));
    trials.push(Trial::test("emulator::goes_with_a_killed_process", gone::goes));
    trials.extend(speed::trials());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
