//! `peers encode <rank list>` encodes with the crate bpe; `peers train` trains with the crate bbpe.
//! Both read JSON requests from standard input and answer each with one JSON line.

mod encode;
mod train;

use serde::{de::DeserializeOwned, Serialize};
use std::io::{self, BufRead, Write};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["encode", rank_list] => encode::serve(rank_list),
        ["train"] => train::serve(),
        _ => {
            eprintln!("usage: peers encode <rank list> | peers train");
            std::process::exit(2);
        }
    }
}

/// What a peer says first.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready {
    version: &'static str,
    load_seconds: f64,
}

fn answer_requests<Request: DeserializeOwned, Reply: Serialize>(ready: Ready, run: impl Fn(Request) -> Reply) {
    say(&ready);
    for line in io::stdin().lock().lines() {
        let line = line.expect("standard input is text");
        say(&run(serde_json::from_str(&line).expect("requests are JSON")));
    }
}

fn say(value: &impl Serialize) {
    println!("{}", serde_json::to_string(value).expect("answers are JSON"));
    io::stdout().flush().expect("standard output is open");
}
