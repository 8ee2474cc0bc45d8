//! The platforms that packages with binaries exist for.

use std::env::consts;
use std::fmt;

/// An operating system with a processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Platform {
    LinuxX64,
    LinuxArm64,
    MacX64,
    MacArm64,
}

impl Platform {
    /// The one this program was built for, when there are packages for it.
    pub(super) fn current() -> Option<Self> {
        match (consts::OS, consts::ARCH) {
            ("linux", "x86_64") => Some(Self::LinuxX64),
            ("linux", "aarch64") => Some(Self::LinuxArm64),
            ("macos", "x86_64") => Some(Self::MacX64),
            ("macos", "aarch64") => Some(Self::MacArm64),
            _ => None,
        }
    }

    /// The platform tag of the package for `pip`.
    pub(super) fn wheel_tag(self) -> &'static str {
        match self {
            Self::LinuxX64 => "manylinux_2_17_x86_64",
            Self::LinuxArm64 => "manylinux_2_17_aarch64",
            Self::MacX64 => "macosx_10_9_x86_64",
            Self::MacArm64 => "macosx_11_0_arm64",
        }
    }

    /// How `npm` packages name it.
    pub(super) fn npm_name(self) -> &'static str {
        match self {
            Self::LinuxX64 => "linux-x64",
            Self::LinuxArm64 => "linux-arm64",
            Self::MacX64 => "darwin-x64",
            Self::MacArm64 => "darwin-arm64",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.npm_name())
    }
}
