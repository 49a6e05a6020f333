use crate::{answer_requests, Ready};
use bpe::byte_pair_encoding::{find_hash_factor_for_dictionary, read_tiktoken, BytePairEncoding};
use serde::{Deserialize, Serialize};
use std::{fs, time::Instant};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    file: String,
    start: Option<usize>,
    end: Option<usize>,
    piece: usize,
    ids_to: Option<String>,
}

#[derive(Serialize)]
struct Reply {
    seconds: f64,
    tokens: usize,
}

pub fn serve(rank_list: &str) {
    let text = fs::read_to_string(rank_list).expect("the rank list is readable");
    let tokens = read_tiktoken(&text).expect("the rank list is base64");
    // Its documentation has this done once, ahead of time.
    let factor = find_hash_factor_for_dictionary(tokens.iter().cloned());
    let start = Instant::now();
    let tokenizer = BytePairEncoding::from_dictionary(tokens, Some(factor));
    let ready = Ready { version: "0.2.3", load_seconds: start.elapsed().as_secs_f64() };
    answer_requests(ready, |request| encode(&tokenizer, request));
}

fn encode(tokenizer: &BytePairEncoding, request: Request) -> Reply {
    let bytes = fs::read(&request.file).expect("the input is readable");
    let bytes = &bytes[request.start.unwrap_or(0)..request.end.unwrap_or(bytes.len()).min(bytes.len())];
    let pieces: Vec<&[u8]> = match request.piece {
        0 => vec![bytes],
        length => bytes.chunks(length).collect(),
    };
    let encode_one: fn(&BytePairEncoding, &[u8]) -> Vec<u32> = match request.method.as_str() {
        "encode" => BytePairEncoding::encode_via_backtracking,
        "encode-table" => BytePairEncoding::encode_via_table,
        method => panic!("there is no method {method}"),
    };
    let start = Instant::now();
    let ids: Vec<Vec<u32>> = pieces.iter().map(|piece| encode_one(tokenizer, piece)).collect();
    let seconds = start.elapsed().as_secs_f64();
    if let Some(path) = request.ids_to {
        let bytes: Vec<u8> = ids.iter().flatten().flat_map(|id| id.to_le_bytes()).collect();
        fs::write(path, bytes).expect("the ids are writable");
    }
    Reply { seconds, tokens: ids.iter().map(Vec::len).sum() }
}
