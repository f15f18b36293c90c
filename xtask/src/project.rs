//! The repository: where it lies, which versions of tools it pins, and the environment in which
//! other programs run for it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow};

/// The target that the page is compiled for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The version of Trunk that builds and serves the page.
pub(crate) const TRUNK_VERSION: &str = "0.21.14";

/// The version of the npm package `binaryen`, which brings `wasm-opt`; `Trunk.toml` names it, too.
pub(crate) const BINARYEN_VERSION: &str = "132.0.0";

/// The version of the npm package `axe-core`, which checks the page's accessibility.
pub(crate) const AXE_VERSION: &str = "4.14.1";

/// The repository on this machine.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The version of wasm-bindgen that the workspace pins.
    pub(crate) wasm_bindgen_version: String,
    /// Where `cargo install` puts programs, without its `bin`.
    pub(crate) cargo_root: PathBuf,
}

impl Project {
    pub(crate) fn open() -> Result<Self> {
        let own_folder = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = own_folder.parent().map(Path::to_path_buf).ok_or_else(|| {
            anyhow!("the workspace's folder was not found: run `cargo xtask` inside the repository")
        })?;
        let manifest_path = root.join("Cargo.toml");
        let manifest = std::fs::read_to_string(&manifest_path).with_context(|| {
            format!("{} cannot be read: run `cargo xtask` inside the repository", manifest_path.display())
        })?;
        let wasm_bindgen_version = pinned_version(&manifest, "wasm-bindgen").ok_or_else(|| {
            anyhow!("Cargo.toml does not pin wasm-bindgen: write `wasm-bindgen = \"=X.Y.Z\"` under [workspace.dependencies]")
        })?;
        Ok(Self { root, wasm_bindgen_version, cargo_root: cargo_root()? })
    }

    /// Where the npm packages are installed.
    pub(crate) fn npm_folder(&self) -> PathBuf {
        self.root.join("target/tools")
    }

    /// The folder of the finished site.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Where `cargo install` puts programs.
    pub(crate) fn cargo_bin(&self) -> PathBuf {
        self.cargo_root.join("bin")
    }

    /// The search path of every program that is started from here: our own tools come first, so that
    /// Trunk finds them at the right versions and downloads nothing by itself.
    pub(crate) fn search_path(&self) -> OsString {
        let inherited = env::var_os("PATH").unwrap_or_default();
        let own = [self.npm_folder().join("node_modules/.bin"), self.cargo_bin()];
        let folders = own.into_iter().chain(env::split_paths(&inherited));
        env::join_paths(folders).unwrap_or(inherited)
    }

    /// A program on [`search_path`](Self::search_path).
    pub(crate) fn find_program(&self, name: &str) -> Option<PathBuf> {
        find_in(&self.search_path(), name)
    }

    /// A program, ready to be run at the root of the repository, with nothing to read from.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", self.search_path()).stdin(Stdio::null());
        // RUST_BACKTRACE is for panics: it must not make tools print pages with each of their errors.
        command.env("RUST_LIB_BACKTRACE", "0");
        // `cargo run` describes this very package to us in its variables; others must not see them.
        for (name, _) in env::vars_os() {
            let Some(text) = name.to_str() else { continue };
            if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|start| text.starts_with(start)) {
                command.env_remove(&name);
            }
        }
        command
    }

    /// Cargo with these words.
    pub(crate) fn cargo<I, S>(&self, words: I) -> Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = self.command("cargo");
        command.args(words);
        command
    }

    /// Trunk with these words. It takes `NO_COLOR=1` for a mistake, so it hears of colours by option.
    pub(crate) fn trunk<I, S>(&self, words: I) -> Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = self.command("trunk");
        command.args(words).arg("--offline").env_remove("NO_COLOR");
        // Its minifier does not know all of today's JavaScript: it then says so and takes the script as
        // it is, which is no cause for a warning at every build.
        command.args(["--log", "error,trunk=info,trunk::processing::minify=error"]);
        if env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            command.args(["--color", "never"]);
        }
        command
    }

    /// The folder that has to be on PATH for plain `trunk serve`, unless the user surely has it there.
    pub(crate) fn folder_missing_from_path(&self) -> Option<PathBuf> {
        let folder = self.cargo_bin();
        let path = env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = env::split_paths(&path).collect();
        let through_rustup = env::var_os("RUSTUP_TOOLCHAIN").is_some();
        let has_cargo = find_in(folder.as_os_str(), "cargo").is_some();
        (!user_has_on_path(&folder, &folders, through_rustup, has_cargo)).then_some(folder)
    }
}

/// Whether the user has a folder on PATH, told from the PATH that we were given. A cargo that comes
/// through rustup has put its own `bin` in front, so being first proves nothing unless the user's own
/// cargo lies there.
fn user_has_on_path(folder: &Path, path: &[PathBuf], through_rustup: bool, has_cargo: bool) -> bool {
    let skipped = usize::from(through_rustup && !has_cargo);
    path.iter().skip(skipped).any(|entry| entry == folder)
}

fn cargo_root() -> Result<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("CARGO_INSTALL_ROOT")
        .or_else(|| set("CARGO_HOME"))
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
        .ok_or_else(|| {
            anyhow!("neither CARGO_HOME nor HOME is set: set one, so that tools have a place to be installed")
        })
}

/// A program in the folders of a search path.
pub(crate) fn find_in(path: &OsStr, name: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd"] } else { &[""] };
    env::split_paths(path)
        .flat_map(|folder| endings.iter().map(move |ending| folder.join(format!("{name}{ending}"))))
        .find(|candidate| is_program(candidate))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// The version of a `name = "=X.Y.Z"` under `[workspace.dependencies]`.
fn pinned_version(manifest: &str, name: &str) -> Option<String> {
    let manifest: toml::Table = manifest.parse().ok()?;
    let requirement = manifest.get("workspace")?.get("dependencies")?.get(name)?;
    let requirement = requirement.as_str().or_else(|| requirement.get("version")?.as_str())?;
    requirement.strip_prefix('=').map(|version| version.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_read_from_the_workspace() {
        let plain = "[workspace.dependencies]\nwasm-bindgen = \"=0.2.128\"\n";
        let detailed = "[workspace.dependencies]\nwasm-bindgen = { version = \"=0.2.128\", features = [] }\n";
        assert_eq!(pinned_version(plain, "wasm-bindgen").as_deref(), Some("0.2.128"));
        assert_eq!(pinned_version(detailed, "wasm-bindgen").as_deref(), Some("0.2.128"));
    }

    #[test]
    fn a_loose_requirement_is_no_pin() {
        let loose = "[workspace.dependencies]\nwasm-bindgen = \"0.2\"\n";
        assert_eq!(pinned_version(loose, "wasm-bindgen"), None);
        assert_eq!(pinned_version("[package]\nname = \"x\"\n", "wasm-bindgen"), None);
        assert_eq!(pinned_version("not toml [", "wasm-bindgen"), None);
    }

    #[test]
    fn this_repository_pins_what_its_tools_read() {
        let project = Project::open().expect("the repository opens");
        assert!(project.wasm_bindgen_version.starts_with("0.2."));
        let settings = std::fs::read_to_string(project.root.join("Trunk.toml")).expect("Trunk.toml is there");
        let settings: toml::Table = settings.parse().expect("Trunk.toml is TOML");
        let major = BINARYEN_VERSION.split('.').next().expect("a major version");
        assert_eq!(
            settings["tools"]["wasm_opt"].as_str(),
            Some(format!("version_{major}").as_str()),
            "Trunk.toml and xtask name different versions of wasm-opt"
        );
        assert!(
            settings["tools"].get("wasm_bindgen").is_none(),
            "Trunk reads the version of wasm-bindgen from Cargo.lock; a second place would drift"
        );
    }

    #[test]
    fn our_tools_come_first_on_the_search_path() {
        let project = Project::open().expect("the repository opens");
        let path = project.search_path();
        let first: Vec<PathBuf> = env::split_paths(&path).take(2).collect();
        assert_eq!(first, [project.root.join("target/tools/node_modules/.bin"), project.cargo_bin()]);
    }

    #[test]
    fn a_folder_that_only_rustup_put_first_is_not_the_users() {
        let folder = Path::new("/home/a/.cargo/bin");
        let path: Vec<PathBuf> = ["/home/a/.cargo/bin", "/usr/bin"].map(PathBuf::from).into();
        assert!(!user_has_on_path(folder, &path, true, false));
        assert!(user_has_on_path(folder, &path, true, true));
        assert!(user_has_on_path(folder, &path, false, false));
        let later: Vec<PathBuf> = ["/usr/bin", "/home/a/.cargo/bin"].map(PathBuf::from).into();
        assert!(user_has_on_path(folder, &later, true, false));
        assert!(!user_has_on_path(folder, &later[..1], false, false));
    }

    #[test]
    fn a_program_that_is_nowhere_is_not_found() {
        assert_eq!(find_in(OsStr::new("/nonexistent"), "cargo"), None);
    }
}
