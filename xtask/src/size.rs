//! How much a visitor downloads: the sizes of the files of the site, and the budget for their sum.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

/// All files of the site together, each gzipped at the strongest level, may have this many bytes: 400 KB. What they are
/// made of stands in `docs/performance.md`.
pub(crate) const BUDGET: u64 = 400_000;

/// One file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteFile {
    name: String,
    raw: u64,
    gzipped: u64,
}

/// Measures every file of a folder, the largest first.
pub(crate) fn measure(folder: &Path) -> Result<Vec<SiteFile>> {
    let mut files = Vec::new();
    for path in files_below(folder)? {
        let bytes = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        files.push(SiteFile { name, raw: bytes.len() as u64, gzipped: gzipped_size(&bytes)? });
    }
    if files.is_empty() {
        bail!("{} is empty: the page was not built", folder.display());
    }
    files.sort_by(|one, other| other.gzipped.cmp(&one.gzipped).then_with(|| one.name.cmp(&other.name)));
    Ok(files)
}

/// The table that `cargo xtask build` prints.
pub(crate) fn table(files: &[SiteFile], budget: u64) -> String {
    let width = files.iter().map(|file| file.name.chars().count()).max().unwrap_or(0).max("total".len());
    let mut text = format!("{:width$}  {:>10}  {:>10}\n", "file", "raw", "gzipped");
    for file in files {
        text +=
            &format!("{:width$}  {:>10}  {:>10}\n", file.name, kilobytes(file.raw), kilobytes(file.gzipped));
    }
    let raw = files.iter().map(|file| file.raw).sum();
    let gzipped = total_gzipped(files);
    text += &format!("{:width$}  {:>10}  {:>10}\n", "total", kilobytes(raw), kilobytes(gzipped));
    text += &format!("{} of the budget of {} gzipped\n", percent(gzipped, budget), kilobytes(budget));
    text
}

/// Fails when the site is larger than its budget.
pub(crate) fn check(files: &[SiteFile], budget: u64) -> Result<()> {
    let gzipped = total_gzipped(files);
    if gzipped > budget {
        bail!(
            "the site has {} gzipped, which is {} over its budget of {}: make it smaller, the table above names the largest files first",
            kilobytes(gzipped),
            kilobytes(gzipped - budget),
            kilobytes(budget)
        );
    }
    Ok(())
}

/// Every file below a folder, in the order of their names.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let entries = fs::read_dir(&next).with_context(|| format!("{} cannot be read", next.display()))?;
        for entry in entries {
            let path = entry.with_context(|| format!("{} cannot be read", next.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn total_gzipped(files: &[SiteFile]) -> u64 {
    files.iter().map(|file| file.gzipped).sum()
}

fn gzipped_size(bytes: &[u8]) -> Result<u64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len() as u64)
}

/// Bytes in KB of 1000 bytes, with one digit after the point, rounded up: a budget is not won by rounding.
fn kilobytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100);
    format!("{}.{} KB", tenths / 10, tenths % 10)
}

fn percent(part: u64, whole: u64) -> String {
    format!("{} %", (part * 100).div_ceil(whole.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, raw: u64, gzipped: u64) -> SiteFile {
        SiteFile { name: name.to_owned(), raw, gzipped }
    }

    #[test]
    fn the_budget_is_for_the_sum() {
        let files = [file("a.wasm", 500_000, 200_000), file("b.js", 40_000, 100_000)];
        assert!(check(&files, 300_000).is_ok());
        let error = check(&files, 299_999).expect_err("one byte over").to_string();
        assert!(error.contains("0.1 KB over its budget of 300.0 KB"), "{error}");
    }

    #[test]
    fn the_table_has_a_line_for_each_file_and_the_sum() {
        let files = [file("page_bg.wasm", 63_000, 27_000), file("index.html", 840, 410)];
        assert_eq!(
            table(&files, BUDGET),
            "file                 raw     gzipped\n\
             page_bg.wasm     63.0 KB     27.0 KB\n\
             index.html        0.9 KB      0.5 KB\n\
             total            63.9 KB     27.5 KB\n\
             7 % of the budget of 400.0 KB gzipped\n"
        );
    }

    #[test]
    fn sizes_are_rounded_up() {
        assert_eq!(kilobytes(0), "0.0 KB");
        assert_eq!(kilobytes(1), "0.1 KB");
        assert_eq!(kilobytes(300_000), "300.0 KB");
        assert_eq!(kilobytes(300_001), "300.1 KB");
    }

    #[test]
    fn files_are_measured_in_folders_within_folders() {
        let folder = std::env::temp_dir().join(format!("albatross-size-{}", std::process::id()));
        fs::create_dir_all(folder.join("deep/er")).expect("a folder");
        fs::write(folder.join("index.html"), "a".repeat(10_000)).expect("a file");
        fs::write(folder.join("deep/er/one.txt"), "b").expect("a file");
        let files = measure(&folder).expect("it measures");
        fs::remove_dir_all(&folder).expect("the folder goes");
        assert_eq!(files.len(), 2);
        assert_eq!((files[0].name.as_str(), files[0].raw), ("index.html", 10_000));
        assert!(files[0].gzipped < 100, "{}", files[0].gzipped);
        assert_eq!(files[1].raw, 1);
    }
}
