//! The asking side of the local socket; blocking, for the command line, the demo and tests.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use protocol::refusal::{Code, Lang, Refusal};

use super::command::Command;
use super::execute::{Context, Fault, Progress, Reply};
use super::line::{self, ANSWER_BYTES_MAX, Answer, REQUEST_BYTES_MAX, Request};

/// A connection to a running node, good for one command.
pub struct Client {
    stream: UnixStream,
}

impl Client {
    /// Connects to the node that serves `data_dir`. `NotFound` or `ConnectionRefused` mean that
    /// none does.
    pub fn connect(data_dir: &Path) -> io::Result<Client> {
        let directory = File::open(data_dir)?;
        let stream = UnixStream::connect(line::socket_path(&directory))?;
        Ok(Client { stream })
    }

    /// Has `command` carried out and waits for its end, however long that takes. The node sees
    /// who asks by itself, whatever `context` says.
    pub fn execute(
        self,
        command: &Command,
        context: &Context,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Reply, Box<Fault>> {
        let failed =
            |why: String| Fault::of(&Refusal::about(Code::Internal, why).into(), context.lang);
        let request = Request {
            command: command.clone(),
            lang: line::tag(context.lang).to_owned(),
            reveal: context.reveal,
        };
        let bytes = line::line(&request, REQUEST_BYTES_MAX).map_err(|_| too_long(context.lang))?;
        // A node that refuses early may close its end first; what it said is still to be read.
        let _ = (&self.stream).write_all(&bytes);
        let mut reader = BufReader::new(&self.stream);
        loop {
            let answer = read_answer(&mut reader).map_err(|fault| failed(fault.to_string()))?;
            match answer {
                Answer::Progress(step) => progress(step),
                Answer::Reply(reply) => return Ok(reply),
                Answer::Fault { exit, error } => return Err(Box::new(Fault { exit, ..error })),
            }
        }
    }
}

fn too_long(lang: Lang) -> Box<Fault> {
    let refusal = Refusal::about(Code::Usage, format!("> {REQUEST_BYTES_MAX} B"));
    Box::new(Fault::of(&refusal.into(), lang))
}

fn read_answer(reader: &mut impl BufRead) -> io::Result<Answer> {
    let mut bytes = Vec::new();
    reader.take(ANSWER_BYTES_MAX as u64).read_until(b'\n', &mut bytes)?;
    if bytes.last() != Some(&b'\n') {
        let why = "the node ended the connection before its answer was complete";
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, why));
    }
    serde_json::from_slice(&bytes)
        .map_err(|fault| io::Error::new(io::ErrorKind::InvalidData, fault.to_string()))
}
