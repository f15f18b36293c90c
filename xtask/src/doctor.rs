//! `cargo xtask doctor`: what is there, what is missing, and how it comes. It changes nothing.

use std::process::ExitCode;

use crate::project::Project;
use crate::tools::{State, Tool};

pub(crate) fn run(project: &Project) -> ExitCode {
    let mut rows = vec![["tool", "needed", "", "found", "how it comes"].map(str::to_owned)];
    let mut missing = 0;
    let states: Vec<(Tool, State)> = Tool::ALL.into_iter().map(|tool| (tool, tool.state(project))).collect();
    let npm_packages_ready = states
        .iter()
        .filter(|(tool, _)| matches!(tool, Tool::WasmOpt | Tool::Axe))
        .all(|(_, state)| state.is_ready());
    for (tool, state) in &states {
        // npm only brings other tools: nothing needs it once they are there.
        let needless = *tool == Tool::Npm && npm_packages_ready && !state.is_ready();
        let (mark, found) = match state {
            State::Ready { version, path } => ("ok", format!("{version}  {path}")),
            State::Other { version, path } => ("other", format!("{version}  {path}")),
            State::Missing if needless => ("-", String::new()),
            State::Missing => ("missing", String::new()),
        };
        let how = if state.is_ready() || needless { String::new() } else { tool.how_it_comes() };
        missing += usize::from(!state.is_ready() && !needless);
        rows.push([
            tool.name().to_owned(),
            tool.needed(project),
            mark.to_owned(),
            found.trim().to_owned(),
            how,
        ]);
    }
    print!("{}", table(&rows));
    if let Some(folder) = project.folder_missing_from_path() {
        println!("Plain `trunk serve` needs {} on your PATH, where it may not be.", folder.display());
    }
    if missing == 0 {
        println!("Everything is there.");
        return ExitCode::SUCCESS;
    }
    println!("Missing: {missing}. The commands install what they need themselves, where the table says so.");
    ExitCode::FAILURE
}

fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text += cells.join("  ").trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [["tool", "needed"], ["wasm-bindgen", "0.2"], ["x", ""]].map(|row| row.map(str::to_owned));
        assert_eq!(table(&rows), "tool          needed\nwasm-bindgen  0.2\nx\n");
    }
}
