//! Runs the guide: every `sh` block in order in one shell, and a `text` block is exactly what the
//! block before it prints.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use tests::scratch::Scratch;

/// A hanging guide ends after this many seconds, with the nodes that it started.
const GUIDE_WAIT_S: &str = "120";
const MARK: &str = "--8<-- block";

/// A block of the guide.
struct Block {
    /// The word after the fence.
    language: String,
    text: String,
}

fn blocks(guide: &str) -> Vec<Block> {
    let parts: Vec<&str> = guide.split("```").collect();
    assert_eq!(parts.len() % 2, 1, "a fence is not closed");
    let fenced = parts.iter().skip(1).step_by(2);
    let blocks = fenced.map(|part| {
        let (language, text) = part.split_once('\n').unwrap();
        Block { language: language.to_owned(), text: text.to_owned() }
    });
    blocks.collect()
}

/// What each `sh` block should print, if the guide says so.
fn expectations(blocks: &[Block]) -> Vec<Option<&str>> {
    let mut expected = Vec::new();
    for block in blocks {
        match block.language.as_str() {
            "sh" => expected.push(None),
            "text" => *expected.last_mut().expect("a command before it") = Some(&*block.text),
            other => panic!("blocks are sh or text, not {other:?}"),
        }
    }
    expected
}

fn run(scratch: &Scratch, blocks: &[Block]) -> String {
    let home = scratch.path("guide");
    fs::create_dir(&home).unwrap();
    symlink(tests::binary::path(), home.join("dukou")).unwrap();
    let commands = blocks.iter().filter(|block| block.language == "sh");
    let body: String = commands.map(|block| format!("echo '{MARK}'\n{}", block.text)).collect();
    let script = format!("trap 'kill $(jobs -p) 2>/dev/null || :' EXIT\n{body}");
    fs::write(home.join("guide.sh"), script).unwrap();
    let path = format!("{}:{}", home.display(), std::env::var("PATH").unwrap());
    let output = Command::new("timeout")
        .args([GUIDE_WAIT_S, "bash", "-eu", "guide.sh"])
        .current_dir(&home)
        .env("PATH", path)
        .env_remove("DUKOU_DATA")
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{printed}\n{errors}", output.status);
    printed
}

#[test]
fn the_first_letter_goes_as_the_guide_says() {
    let scratch = Scratch::new();
    for canary in ["赵以刚", "999999198001010011"] {
        scratch.plant_text(canary);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/first-letter.md");
    let blocks = blocks(&fs::read_to_string(file).unwrap());
    let expected = expectations(&blocks);
    let printed = run(&scratch, &blocks);
    let printed: Vec<&str> = printed.split(MARK).skip(1).collect();
    assert_eq!(printed.len(), expected.len());
    for (expected, printed) in expected.iter().zip(printed) {
        if let Some(expected) = expected {
            assert_eq!(printed.trim(), expected.trim());
        }
    }
    assert!(expected.iter().flatten().count() >= 2, "the guide shows what to expect");
}
