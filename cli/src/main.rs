//! The `trailalerts` command: the commands, with the compiled rules.

use trailalerts_commands::Compiled;

fn main() -> std::process::ExitCode {
    trailalerts_commands::main(Compiled {
        rule_set: trailalerts::rule_set(),
        sources: trailalerts::sources(),
    })
}
