//! Frames on a stream: a length (u32, little-endian), then that many bytes.
//!
//! The length is checked before anything is allocated, memory grows only with bytes that came, and
//! a frame that has begun must move on: silence between frames is normal, silence inside one is
//! not. What a frame means is not known here.

use std::pin::Pin;
use std::time::Duration;

use protocol::limits::{FRAME_BYTES_MAX, FRAME_WAIT_MS};
use protocol::refusal::{Code, Refusal};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Sleep, sleep, timeout};

use super::limits::FRAME_PIECE_BYTES;

const PREFIX_BYTES: usize = 4;

/// The reading end of a stream of frames.
pub struct FrameReader<R> {
    stream: R,
    frame_bytes_max: usize,
    wait: Duration,
    buffer: Vec<u8>,
    progress: Progress,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<R: AsyncRead + Unpin> FrameReader<R> {
    /// Reads frames of at most [`FRAME_BYTES_MAX`] bytes.
    pub fn new(stream: R) -> FrameReader<R> {
        Self::bounded(stream, FRAME_BYTES_MAX)
    }

    /// Reads frames of at most `frame_bytes_max` bytes.
    pub fn bounded(stream: R, frame_bytes_max: usize) -> FrameReader<R> {
        let wait = Duration::from_millis(FRAME_WAIT_MS);
        let (buffer, progress) = (Vec::new(), Progress::default());
        FrameReader { stream, frame_bytes_max, wait, buffer, progress, alarm: None }
    }

    #[cfg(test)]
    pub(super) fn with_wait(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// The next frame, or `None` when the far end finished the stream after a whole frame. Safe to
    /// cancel: what was read is kept.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        loop {
            if let Some(frame) = self.take()? {
                return Ok(Some(frame));
            }
            self.buffer.reserve(FRAME_PIECE_BYTES);
            let more = self.stream.read_buf(&mut self.buffer);
            let read = match &mut self.alarm {
                None => more.await,
                Some(alarm) => tokio::select! {
                    biased;
                    read = more => read,
                    () = alarm => return Err(Refusal::about(Code::SessionTimeout, "frame")),
                },
            };
            match read {
                Ok(0) if self.buffer.is_empty() => return Ok(None),
                Ok(0) => return Err(Refusal::about(Code::SessionFrame, "cut short")),
                Ok(_) => self.set_alarm(),
                Err(_) => return Err(Refusal::about(Code::PeerUnreachable, "stream")),
            }
        }
    }

    /// A whole frame out of the buffer, if there is one.
    fn take(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        let Some((prefix, rest)) = self.buffer.split_first_chunk::<PREFIX_BYTES>() else {
            return Ok(None);
        };
        let length = u32::from_le_bytes(*prefix) as usize;
        if length == 0 || length > self.frame_bytes_max {
            return Err(Refusal::about(Code::SessionFrame, format_args!("length {length}")));
        }
        if rest.len() < length {
            return Ok(None);
        }
        let frame = rest[..length].to_vec();
        self.buffer.drain(..PREFIX_BYTES + length);
        (self.progress, self.alarm) = (Progress::default(), None);
        self.set_alarm();
        Ok(Some(frame))
    }

    fn set_alarm(&mut self) {
        if self.progress.note(self.buffer.len()) {
            self.alarm = Some(Box::pin(sleep(self.wait)));
        }
    }
}

/// How many pieces of a begun frame have come.
#[derive(Default)]
struct Progress(Option<usize>);

impl Progress {
    /// `bytes` of the frame are here; whether that earns it another wait.
    fn note(&mut self, bytes: usize) -> bool {
        let pieces = bytes / FRAME_PIECE_BYTES;
        let moved = bytes > 0 && self.0.is_none_or(|seen| pieces > seen);
        if moved {
            self.0 = Some(pieces);
        }
        moved
    }
}

/// Writes `frames`, in order, as few writes as possible. A far end that takes nothing for
/// [`FRAME_WAIT_MS`] is given up.
pub async fn write_frames<W>(stream: &mut W, frames: &[Vec<u8>]) -> Result<(), Refusal>
where
    W: AsyncWrite + Unpin,
{
    let total = frames.iter().map(|frame| PREFIX_BYTES + frame.len()).sum();
    let mut bytes = Vec::with_capacity(total);
    for frame in frames {
        let length = u32::try_from(frame.len()).ok().filter(|n| *n as usize <= FRAME_BYTES_MAX);
        let length = length.expect("what makes frames keeps to their bound");
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(frame);
    }
    for piece in bytes.chunks(FRAME_PIECE_BYTES) {
        timeout(Duration::from_millis(FRAME_WAIT_MS), stream.write_all(piece))
            .await
            .map_err(|_| Refusal::about(Code::SessionTimeout, "frame"))?
            .map_err(|_| Refusal::about(Code::PeerUnreachable, "stream"))?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn reader(bytes: &[u8]) -> FrameReader<&[u8]> {
        FrameReader::bounded(bytes, 8)
    }

    async fn all(mut reader: FrameReader<&[u8]>) -> Result<Vec<Vec<u8>>, Code> {
        let mut frames = Vec::new();
        while let Some(frame) = reader.next().await.map_err(|refusal| refusal.code)? {
            frames.push(frame);
        }
        Ok(frames)
    }

    #[tokio::test]
    async fn frames_come_back_whole_and_in_order() {
        let frames = vec![vec![1; 8], vec![2], vec![3; 5]];
        let mut bytes = Vec::new();
        write_frames(&mut bytes, &frames).await.unwrap();
        assert_eq!(all(reader(&bytes)).await, Ok(frames));
    }

    #[tokio::test]
    async fn a_length_outside_the_bound_is_refused_before_the_bytes_come() {
        for length in [0, 9, u32::MAX] {
            assert_eq!(all(reader(&length.to_le_bytes())).await, Err(Code::SessionFrame));
        }
    }

    #[tokio::test]
    async fn a_stream_that_ends_inside_a_frame_is_refused() {
        for cut in [&[5][..], &[5, 0, 0, 0], &[5, 0, 0, 0, 1, 2]] {
            assert_eq!(all(reader(cut)).await, Err(Code::SessionFrame), "{cut:?}");
        }
    }

    #[tokio::test]
    async fn silence_is_allowed_between_frames_and_not_inside_one() {
        let (mut far, near) = tokio::io::duplex(64);
        let wait = Duration::from_millis(20);
        let mut reader = FrameReader::new(near).with_wait(wait);
        far.write_all(&[1, 0, 0, 0, 7]).await.unwrap();
        assert_eq!(reader.next().await, Ok(Some(vec![7])));
        assert!(timeout(5 * wait, reader.next()).await.is_err(), "an idle stream just waits");

        far.write_all(&[2, 0, 0, 0, 7]).await.unwrap();
        assert_eq!(reader.next().await.unwrap_err().code, Code::SessionTimeout);
    }

    #[test]
    fn a_byte_a_second_is_not_enough_and_a_slow_line_is() {
        // Whether a frame of the largest size arrives at that many bytes a second.
        let arrives = |bytes_a_second: usize| {
            let (mut progress, mut deadline) = (Progress::default(), FRAME_WAIT_MS / 1000);
            (1..).find_map(|second| {
                let bytes = second as usize * bytes_a_second;
                let late = second > deadline;
                if progress.note(bytes) {
                    deadline = second + FRAME_WAIT_MS / 1000;
                }
                (late || bytes >= FRAME_BYTES_MAX).then_some(!late)
            })
        };
        assert_eq!(arrives(1), Some(false));
        assert_eq!(arrives(FRAME_PIECE_BYTES / 30 - 20), Some(false));
        assert_eq!(arrives(FRAME_PIECE_BYTES / 30 + 20), Some(true));
    }
}
