//! The `trailalerts` command.

fn main() -> std::process::ExitCode {
    trailalerts_cli::main()
}
