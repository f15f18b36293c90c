//! What this machine's system is, and whether packages can be installed on it from here.

use std::env;
use std::fs;
use std::process::{Command, Stdio};

use crate::project::find_in;

/// Families of systems, by how they install packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    Debian,
    Ubuntu,
    Fedora,
    Arch,
    MacOs,
    Other,
}

/// How this user becomes the one who may install packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rights {
    Root,
    Sudo,
    None,
}

/// This machine, as far as packages go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Machine {
    pub(super) system: System,
    pub(super) rights: Rights,
    pub(super) has_apt_get: bool,
}

impl Machine {
    pub(super) fn here() -> Self {
        let system = if cfg!(target_os = "macos") {
            System::MacOs
        } else {
            system_of(&fs::read_to_string("/etc/os-release").unwrap_or_default())
        };
        let has_apt_get = find_in(&env::var_os("PATH").unwrap_or_default(), "apt-get").is_some();
        Self { system, rights: rights(), has_apt_get }
    }

    /// Whether `apt-get` can be called from here without asking anybody. Ubuntu's `chromium` is only a
    /// pointer to another store, so it is not among them.
    pub(super) fn installs_packages(self) -> bool {
        self.system == System::Debian && self.has_apt_get && self.rights != Rights::None
    }

    /// `apt-get` with these words, for a machine that [installs packages](Self::installs_packages).
    pub(super) fn apt_get(self, words: &[&str]) -> Vec<String> {
        let start: &[&str] = match self.rights {
            Rights::Sudo => &["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
            Rights::Root | Rights::None => &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"],
        };
        start.iter().chain(words).map(|word| (*word).to_owned()).collect()
    }

    pub(super) fn how_to_get_chromium(self) -> String {
        let how = match self.system {
            System::Debian => "install the packages with `apt-get install chromium chromium-driver` as root",
            System::Ubuntu => {
                "install the packages with `snap install chromium`, which brings the driver as `chromium.chromedriver`"
            }
            System::Fedora => "install the packages with `dnf install chromium chromedriver`",
            System::Arch => "install the package with `pacman -S chromium`, which brings the driver",
            System::MacOs => "install them with `brew install --cask chromium chromedriver`",
            System::Other => "install your system's packages of Chromium and ChromeDriver",
        };
        format!("{how}, or set CHROMIUM and CHROMEDRIVER to where they are")
    }

    pub(super) fn how_to_get_cxx(self) -> String {
        match self.system {
            System::Debian | System::Ubuntu => "install the package with `apt-get install g++` as root",
            System::Fedora => "install the package with `dnf install gcc-c++`",
            System::Arch => "install the package with `pacman -S gcc`",
            System::MacOs => "install it with `xcode-select --install`",
            System::Other => "install your system's package of a C++ compiler, or name one in CXX",
        }
        .to_owned()
    }

    pub(super) fn how_to_get_npm(self) -> String {
        match self.system {
            System::Debian | System::Ubuntu => {
                "install the packages with `apt-get install nodejs npm` as root"
            }
            System::Fedora => "install the package with `dnf install nodejs-npm`",
            System::Arch => "install the packages with `pacman -S nodejs npm`",
            System::MacOs => "install it with `brew install node`",
            System::Other => "install your system's packages of Node.js and npm",
        }
        .to_owned()
    }
}

fn rights() -> Rights {
    let id = Command::new("id").arg("-u").output();
    if id.is_ok_and(|output| output.stdout.trim_ascii() == b"0") {
        return Rights::Root;
    }
    let sudo = Command::new("sudo")
        .args(["-n", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if sudo.is_ok_and(|status| status.success()) { Rights::Sudo } else { Rights::None }
}

/// Reads `/etc/os-release`.
fn system_of(os_release: &str) -> System {
    let value = |key: &str| {
        os_release
            .lines()
            .filter_map(|line| line.split_once('='))
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value.trim_matches(['"', '\'']).to_owned())
    };
    let names = format!("{} {}", value("ID").unwrap_or_default(), value("ID_LIKE").unwrap_or_default());
    for name in names.split_whitespace() {
        match name {
            "ubuntu" => return System::Ubuntu,
            "debian" => return System::Debian,
            "fedora" | "rhel" | "centos" => return System::Fedora,
            "arch" => return System::Arch,
            _ => {}
        }
    }
    System::Other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_told_apart() {
        assert_eq!(system_of("NAME=\"Debian GNU/Linux\"\nID=debian\n"), System::Debian);
        assert_eq!(system_of("ID=raspbian\nID_LIKE=debian\n"), System::Debian);
        assert_eq!(system_of("ID=ubuntu\nID_LIKE=debian\n"), System::Ubuntu);
        assert_eq!(system_of("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), System::Ubuntu);
        assert_eq!(system_of("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"), System::Fedora);
        assert_eq!(system_of("ID=arch\n"), System::Arch);
        assert_eq!(system_of("ID=nixos\n"), System::Other);
        assert_eq!(system_of(""), System::Other);
    }

    #[test]
    fn packages_are_installed_only_with_the_right_to() {
        let machine = |system, rights| Machine { system, rights, has_apt_get: true };
        assert!(machine(System::Debian, Rights::Root).installs_packages());
        assert!(machine(System::Debian, Rights::Sudo).installs_packages());
        assert!(!machine(System::Debian, Rights::None).installs_packages());
        assert!(!machine(System::Fedora, Rights::Root).installs_packages());
        let bare = Machine { has_apt_get: false, ..machine(System::Debian, Rights::Root) };
        assert!(!bare.installs_packages());
        let words = machine(System::Debian, Rights::Sudo).apt_get(&["update"]);
        assert_eq!(words.join(" "), "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get update");
    }

    #[test]
    fn a_message_names_the_packages() {
        let machine = |system| Machine { system, rights: Rights::None, has_apt_get: true };
        assert!(machine(System::Debian).how_to_get_chromium().contains("chromium chromium-driver"));
        assert!(machine(System::Fedora).how_to_get_chromium().contains("dnf install chromium chromedriver"));
        assert!(machine(System::Other).how_to_get_chromium().contains("CHROMEDRIVER"));
        assert!(machine(System::Ubuntu).how_to_get_cxx().contains("apt-get install g++"));
        assert!(machine(System::Debian).how_to_get_npm().contains("nodejs npm"));
    }
}
