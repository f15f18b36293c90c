//! `docs/fidelity.md` and the code in step: every fact that it calls implemented names tests that exist, every choice
//! of ours is listed among the choices, and everything left out has a reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The names of all tests of the engine, as the test runner shows them; those of integration tests with the name of
/// their program in front.
fn tests() -> BTreeSet<String> {
    let engine = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    collect(&engine.join("src"), "", &mut found);
    collect(&engine.join("tests"), "", &mut found);
    found
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        if path.is_dir() {
            collect(&path, &format!("{prefix}{stem}::"), found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("it is text");
            let module = if ["lib", "mod", "main"].contains(&stem.as_str()) {
                String::new()
            } else {
                format!("{stem}::")
            };
            collect_from(&text, &format!("{prefix}{module}"), found);
        }
    }
}

/// Tests are functions below `#[test]`, in the file's own module or in `mod tests`.
fn collect_from(text: &str, prefix: &str, found: &mut BTreeSet<String>) {
    let (mut inner, mut is_test) = ("", false);
    for line in text.lines() {
        let line_trimmed = line.trim_start();
        if line.starts_with("mod tests {") {
            inner = "tests::";
        }
        if line_trimmed.starts_with("#[test]") {
            is_test = true;
        } else if let Some(rest) = line_trimmed.strip_prefix("fn ") {
            if is_test && let Some((name, _)) = rest.split_once('(') {
                found.insert(format!("{prefix}{inner}{name}"));
            }
            is_test = false;
        }
    }
}

/// The rows of the tables: fact, how, where.
fn rows(text: &str) -> Vec<[String; 3]> {
    let rows = text.lines().filter(|line| line.starts_with("| ")).filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let cells: [&str; 3] = cells.try_into().ok()?;
        Some(cells.map(str::to_owned))
    });
    rows.filter(|[fact, _, _]| fact != "fact").collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_fact_in_docs_fidelity_is_backed_by_what_it_names() {
    let text = fs::read_to_string(repository().join("docs/fidelity.md")).expect("it is there");
    let tests = tests();
    assert!(tests.contains("behaviour::fidelity::every_fact_in_docs_fidelity_is_backed_by_what_it_names"));
    let rows = rows(&text);
    assert!(rows.len() > 150, "{} rows: the tables are read", rows.len());
    let mut wrong = Vec::new();
    for [fact, how, place] in &rows {
        let how: Vec<&str> = how.split(", ").collect();
        for way in &how {
            match *way {
                "implemented" => {
                    let named: Vec<&str> =
                        quoted(place).into_iter().filter(|name| name.contains("::")).collect();
                    if named.is_empty() {
                        wrong.push(format!("{fact}: no test is named"));
                    }
                    let missing = named.into_iter().filter(|name| !tests.contains(*name));
                    wrong.extend(missing.map(|name| format!("{fact}: there is no test {name}")));
                }
                "ours" => {
                    let topics = albatross_engine::choices::ALL.iter().map(|choice| choice.topic);
                    if !topics.clone().any(|topic| place.contains(&format!("“{topic}”"))) {
                        wrong.push(format!("{fact}: “{place}” names no choice"));
                    }
                }
                "left out" if place.len() > 10 => {}
                other => wrong.push(format!(
                    "{fact}: “{other}” is neither implemented, ours nor left out with a reason"
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every choice is told of where the facts are.
#[test]
fn every_choice_stands_in_docs_fidelity() {
    let text = fs::read_to_string(repository().join("docs/fidelity.md")).expect("it is there");
    let missing: Vec<&str> = albatross_engine::choices::ALL
        .iter()
        .map(|choice| choice.topic)
        .filter(|topic| !text.contains(&format!("“{topic}”")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The count at the top is that of the rows.
#[test]
fn the_count_in_docs_fidelity_is_right() {
    let text = fs::read_to_string(repository().join("docs/fidelity.md")).expect("it is there");
    let rows = rows(&text);
    let count = |wanted: &str| rows.iter().filter(|[_, how, _]| how == wanted).count();
    let both = count("implemented, ours");
    let sentence = format!(
        "Of {} rows, {} are implemented, {both} of them by a choice of ours as well; {} are choices of ours alone; {} \
         are left out.",
        rows.len(),
        count("implemented") + both,
        count("ours"),
        count("left out")
    );
    assert!(text.contains(&sentence), "it must say: {sentence}");
}
