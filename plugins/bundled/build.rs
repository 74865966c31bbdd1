//! Compiles the guests for wasm32-wasip2 with a nested cargo in a target directory of its own, and packs each with its manifest.

use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

#[path = "src/section.rs"]
mod section;

const TARGET: &str = "wasm32-wasip2";

/// A guest to embed.
struct Guest {
    /// Its package.
    package: &'static str,
    /// Its manifest, from the root of the workspace.
    manifest: &'static str,
    /// The file to embed.
    output: &'static str,
}

const GUESTS: &[Guest] = &[
    Guest { package: "weft-okta", manifest: "plugins/okta/manifest.toml", output: "okta.wasm" },
    Guest { package: "weft-people-list", manifest: "plugins/people-list/manifest.toml", output: "people-list.wasm" },
    Guest { package: "weft-salesforce", manifest: "plugins/salesforce/manifest.toml", output: "salesforce.wasm" },
    Guest {
        package: "weft-slack-directory",
        manifest: "plugins/slack-directory/manifest.toml",
        output: "slack-directory.wasm",
    },
    Guest { package: "weft-guest-feed", manifest: "tests/guests/feed/manifest.toml", output: "feed.wasm" },
    Guest { package: "weft-guest-rust", manifest: "tests/guests/manifest.toml", output: "notes.wasm" },
];

/// What the guests are made of, from the root of the workspace.
const SOURCES: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "wit",
    "plugins/sdk",
    "plugins/okta",
    "plugins/people-list",
    "plugins/salesforce",
    "plugins/slack-directory",
    "tests/guests/feed",
    "tests/guests/rust",
    "tests/guests/manifest.toml",
];

/// Settings of the outer cargo that the nested one needs as well; all its others describe the outer build.
const KEPT: &[&str] = &["CARGO_HOME", "CARGO_MAKEFLAGS", "CARGO_NET_", "CARGO_HTTP_", "CARGO_REGISTR", "CARGO_SOURCE_"];

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", root.join(source).display());
    }
    require_target()?;
    let built = out.join("guests");
    compile(&root, &built)?;
    for guest in GUESTS {
        let file = built.join(TARGET).join("guest").join(guest.package.replace('-', "_")).with_extension("wasm");
        let component = fs::read(&file).with_context(|| format!("{} is missing", file.display()))?;
        let manifest = fs::read_to_string(root.join(guest.manifest))
            .with_context(|| format!("{} is missing: every integration has one", guest.manifest))?;
        fs::write(out.join(guest.output), section::append_manifest(&component, &manifest))?;
    }
    Ok(())
}

/// Says what to do when the target is not installed, in place of "can't find crate for `core`".
fn require_target() -> Result<()> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["--print", "sysroot"]).output().context("rustc does not start")?;
    let sysroot = String::from_utf8(output.stdout)?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET);
    ensure!(
        library.is_dir(),
        "Integrations are compiled to WebAssembly, and the target {TARGET} is not installed. Run: rustup target add {TARGET}"
    );
    Ok(())
}

fn compile(root: &Path, target_dir: &Path) -> Result<()> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os() {
        let name_text = name.to_string_lossy();
        let outer = name_text.starts_with("CARGO") && !KEPT.iter().any(|kept| name_text.starts_with(kept));
        if outer || name_text.starts_with("RUSTC") || name_text.starts_with("RUSTDOC") || name_text == "RUSTFLAGS" {
            cargo.env_remove(&name);
        }
    }
    cargo.current_dir(root).args(["build", "--locked", "--profile", "guest", "--target", TARGET, "--target-dir"]);
    cargo.arg(target_dir);
    for guest in GUESTS {
        cargo.args(["--package", guest.package]);
    }
    let output = cargo.output().context("the nested cargo does not start")?;
    if !output.status.success() {
        bail!("The guests do not compile:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
