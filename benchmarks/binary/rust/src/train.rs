use crate::{answer_requests, Ready};
use bbpe::{Trainer, TrainerConfig};
use serde::{Deserialize, Serialize};
use std::{fs, time::Instant};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    files: Vec<String>,
    piece: usize,
    vocabulary_size: usize,
    min_count: usize,
    max_token_bytes: usize,
}

#[derive(Serialize)]
struct Reply {
    seconds: f64,
    /// The bytes of each merge's product, in hexadecimal.
    tokens: Vec<String>,
}

pub fn serve() {
    answer_requests(Ready { version: "0.6.3", load_seconds: 0.0 }, train);
}

fn train(request: Request) -> Reply {
    let mut sequences: Vec<Vec<u8>> = Vec::new();
    for file in &request.files {
        let bytes = fs::read(file).expect("the input is readable");
        match request.piece {
            0 => sequences.push(bytes),
            length => sequences.extend(bytes.chunks(length).map(<[u8]>::to_vec)),
        }
    }
    // It always puts seven special tokens first; the number of merges is what is compared.
    let config = TrainerConfig::builder()
        .target_vocab_size(request.vocabulary_size + LEADING_SPECIALS)
        .min_frequency(request.min_count)
        .allowed_token_lengths(1..=request.max_token_bytes)
        .reasoning_tokens_enabled(false)
        .plateau_stop_enabled(false)
        .show_progress(false)
        .build()
        .expect("the settings are valid");
    let start = Instant::now();
    let trained = Trainer::new(config).train_from_sequences(sequences).expect("training succeeds");
    let seconds = start.elapsed().as_secs_f64();
    let tokens = trained.model.token_bytes()[LEADING_SPECIALS + 256..].iter().map(|token| hex(token)).collect();
    Reply { seconds, tokens }
}

const LEADING_SPECIALS: usize = 7;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
