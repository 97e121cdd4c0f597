//! QR codes as pictures: drawn for print, and read back from a photograph or a scan.
//!
//! What the text of a code means is `protocol::paper`'s question. Pictures come from anywhere, so
//! their size is bounded before anything is unpacked.

use std::io::Cursor;

use protocol::refusal::Code;
use qrcode::render::svg;
use qrcode::types::Color;
use qrcode::{EcLevel, QrCode, Version};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The side of a printed code with its margin, in millimetres.
pub const PRINT_MM: f64 = 45.0;
/// White modules around a code, which readers need.
const MARGIN: usize = 4;
/// Pixels of a module in a PNG: at 45 mm between 320 and 600 of them an inch.
const MODULE_PIXELS: usize = 8;
/// Largest picture that is read, in pixels: that of a good telephone.
const PICTURE_PIXELS_MAX: usize = 64_000_000;
/// Most codes of one picture that are tried.
const CODES_MAX: usize = 16;
/// The sizes, in quarters of its own, at which a picture is looked at until a code is found in it:
/// the reader misses the grid of a large code that is turned, and finds it at another size.
const QUARTERS: [usize; 6] = [4, 8, 6, 5, 7, 3];

/// A drawn code.
pub struct Drawn {
    code: QrCode,
    level: EcLevel,
}

impl Drawn {
    /// Draws a text with medium error correction, or with low where only that has room.
    ///
    /// # Errors
    /// `code.too_large`.
    pub fn of(text: &str) -> Result<Drawn, Code> {
        let at = |level| Some((QrCode::with_error_correction_level(text, level).ok()?, level));
        let drawn = at(EcLevel::M).or_else(|| at(EcLevel::L));
        drawn.map(|(code, level)| Drawn { code, level }).ok_or(Code::PaperTooLarge)
    }

    /// The version of the symbol, 1 to 40.
    pub fn version(&self) -> u8 {
        match self.code.version() {
            Version::Normal(version) | Version::Micro(version) => {
                u8::try_from(version).unwrap_or(0)
            }
        }
    }

    /// The error correction, `M` or `L`.
    pub fn level(&self) -> &'static str {
        if self.level == EcLevel::M { "M" } else { "L" }
    }

    /// The side of a module in millimetres, when the whole is printed at [`PRINT_MM`].
    pub fn module_mm(&self) -> f64 {
        PRINT_MM / (self.code.width() + 2 * MARGIN) as f64
    }

    /// As PNG, marked with the size at which it is to be printed.
    ///
    /// # Errors
    /// `internal`.
    pub fn png(&self) -> Result<Vec<u8>, Code> {
        let (modules, colors) = (self.code.width(), self.code.to_colors());
        let side = (modules + 2 * MARGIN) * MODULE_PIXELS;
        let dark = |pixel: usize| (pixel / MODULE_PIXELS).checked_sub(MARGIN);
        let mut pixels = Vec::with_capacity(side * side);
        for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
            let module = dark(y).zip(dark(x)).filter(|(y, x)| *y < modules && *x < modules);
            let dark = module.is_some_and(|(y, x)| colors[y * modules + x] == Color::Dark);
            pixels.push(if dark { 0 } else { 255 });
        }
        let mut bytes = Vec::new();
        let wide = u32::try_from(side).map_err(|_| Code::Internal)?;
        let mut encoder = png::Encoder::new(&mut bytes, wide, wide);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        let per_metre = (side as f64 / (PRINT_MM / 1000.0)).round() as u32;
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: per_metre,
            yppu: per_metre,
            unit: png::Unit::Meter,
        }));
        let written = encoder.write_header().and_then(|mut file| file.write_image_data(&pixels));
        written.map_err(|_| Code::Internal)?;
        Ok(bytes)
    }

    /// As SVG of the same size.
    pub fn svg(&self) -> String {
        let modules = u32::try_from(self.code.width() + 2 * MARGIN).unwrap_or(0);
        let drawn = self.code.render::<svg::Color<'_>>().module_dimensions(1, 1).build();
        let pixels = format!("width=\"{modules}\" height=\"{modules}\"");
        drawn.replacen(&pixels, &format!("width=\"{PRINT_MM}mm\" height=\"{PRINT_MM}mm\""), 1)
    }
}

/// Whether these bytes are a picture of a kind that [`read_picture`] reads.
pub fn is_picture(bytes: &[u8]) -> bool {
    is_png(bytes) || bytes.starts_with(&[0xff, 0xd8, 0xff])
}

fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n")
}

/// The text of the code in a PNG or JPEG, one with this beginning before any other.
///
/// # Errors
/// `code.not_found` if there is no picture, or none of its codes can be read.
pub fn read_picture(bytes: &[u8], beginning: &str) -> Result<String, Code> {
    let read = if is_png(bytes) { grey_of_png(bytes) } else { grey_of_jpeg(bytes) };
    let grey = read.ok_or(Code::PictureWithoutCode)?;
    let mut other = None;
    for quarters in QUARTERS {
        let Some(scaled) = grey.scaled(quarters) else { continue };
        let mut texts = texts_in(&scaled);
        match texts.iter().position(|text| text.starts_with(beginning)) {
            Some(ours) => return Ok(texts.swap_remove(ours)),
            None => other = other.or(texts.pop()),
        }
    }
    other.ok_or(Code::PictureWithoutCode)
}

fn texts_in(grey: &Grey) -> Vec<String> {
    let pixel = |x: usize, y: usize| grey.pixels[y * grey.width + x];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(grey.width, grey.height, pixel);
    let grids = prepared.detect_grids();
    grids.iter().take(CODES_MAX).filter_map(|grid| Some(grid.decode().ok()?.1)).collect()
}

struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Grey {
    /// The picture at that many quarters of its size, each pixel mixed from its four neighbours;
    /// none if it would be too large or nothing.
    fn scaled(&self, quarters: usize) -> Option<Grey> {
        if quarters == 4 {
            return Some(Grey { pixels: self.pixels.clone(), ..*self });
        }
        let (width, height) = (self.width * quarters / 4, self.height * quarters / 4);
        within(width, height)?;
        // Where the middle of a new pixel lies, in 256ths of an old one.
        let place = |at: usize, len: usize| {
            let place = ((2 * at + 1) * 512 / quarters).saturating_sub(128);
            (place / 256, (place / 256 + 1).min(len - 1), place % 256)
        };
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let (top, bottom, down) = place(y, self.height);
            for x in 0..width {
                let (left, right, across) = place(x, self.width);
                let row = |y: usize| {
                    let pixel = |x: usize| usize::from(self.pixels[y * self.width + x]);
                    pixel(left) * (256 - across) + pixel(right) * across
                };
                let mixed = (row(top) * (256 - down) + row(bottom) * down) >> 16;
                pixels.push(u8::try_from(mixed).unwrap_or(255));
            }
        }
        Some(Grey { width, height, pixels })
    }
}

fn within(width: usize, height: usize) -> Option<usize> {
    width.checked_mul(height).filter(|pixels| (1..=PICTURE_PIXELS_MAX).contains(pixels))
}

fn grey_of_png(bytes: &[u8]) -> Option<Grey> {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    let pixels = within(width, height)?;
    let size = reader.output_buffer_size().filter(|size| *size <= pixels * 4)?;
    let mut raw = vec![0; size];
    reader.next_frame(&mut raw).ok()?;
    let samples = reader.output_color_type().0.samples();
    let grey: Vec<u8> = raw.chunks_exact(samples).map(grey_of).collect();
    (grey.len() == pixels).then_some(Grey { width, height, pixels: grey })
}

/// One pixel on white paper: grey, grey with alpha, colours, or colours with alpha.
fn grey_of(samples: &[u8]) -> u8 {
    let (colours, alpha) = match samples {
        [grey] => return *grey,
        [grey, alpha] => ([*grey; 3], *alpha),
        [r, g, b] => ([*r, *g, *b], 255),
        [r, g, b, alpha, ..] => ([*r, *g, *b], *alpha),
        [] => return 255,
    };
    let [r, g, b] = colours.map(u32::from);
    let (grey, alpha) = ((r * 299 + g * 587 + b * 114) / 1000, u32::from(alpha));
    u8::try_from((grey * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
}

fn grey_of_jpeg(bytes: &[u8]) -> Option<Grey> {
    let side = 16_384;
    let options = DecoderOptions::default()
        .jpeg_set_out_colorspace(ColorSpace::Luma)
        .set_max_width(side)
        .set_max_height(side);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let (width, height) = decoder.dimensions()?;
    let count = within(width, height)?;
    let pixels = decoder.decode().ok()?;
    (pixels.len() == count).then_some(Grey { width, height, pixels })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn text(chars: usize) -> String {
        format!("DK1:{}", "7 $%Z".repeat(chars / 5))
    }

    #[test]
    fn what_is_drawn_is_read_back() {
        for chars in [40, 900, 1_200, 3_000] {
            let drawn = Drawn::of(&text(chars)).unwrap();
            let png = drawn.png().unwrap();
            assert!(is_picture(&png));
            assert_eq!(read_picture(&png, "DK1:"), Ok(text(chars)), "version {}", drawn.version());
            assert!(drawn.svg().contains("width=\"45mm\" height=\"45mm\""));
        }
    }

    /// Drawn, turned by four degrees, blurred, darkened and saved as JPEG by other programs.
    #[test]
    fn a_photograph_of_a_code_is_read() {
        let photo = include_bytes!("../../tests/fixtures/paper/photo.jpg");
        let code = include_str!("../../tests/fixtures/golden/v1/paper_code.txt");
        assert!(is_picture(photo));
        assert_eq!(read_picture(photo, "DK1:").as_deref(), Ok(code));
        assert!(read_picture(&photo[..photo.len() / 2], "DK1:").is_err());
    }

    #[test]
    fn a_picture_keeps_its_content_at_every_size() {
        let pixels = (0..40 * 30).map(|at| (at % 40 * 6) as u8).collect();
        let grey = Grey { width: 40, height: 30, pixels };
        for quarters in QUARTERS {
            let scaled = grey.scaled(quarters).unwrap();
            assert_eq!((scaled.width, scaled.height), (10 * quarters, 30 * quarters / 4));
            let middle = scaled.pixels[scaled.height / 2 * scaled.width + scaled.width / 2];
            assert!((110..130).contains(&middle), "{quarters}: {middle}");
        }
        assert!(Grey { width: 1, height: 1, pixels: vec![0] }.scaled(3).is_none());
    }

    #[test]
    fn a_long_text_gives_up_error_correction_first() {
        let level = |chars| Drawn::of(&text(chars)).map(|drawn| drawn.level());
        assert_eq!((level(3_000), level(4_200)), (Ok("M"), Ok("L")));
        assert_eq!(level(5_000), Err(Code::PaperTooLarge));
    }

    #[test]
    fn what_is_no_picture_or_too_large_a_one_is_refused() {
        let png = Drawn::of("DK1:").unwrap().png().unwrap();
        let mut huge = png.clone();
        huge[16..24].copy_from_slice(&[0x7f; 8]);
        let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 16];
        for bytes in [&png[..40], &huge, &jpeg[..], b"", b"no picture"] {
            assert_eq!(read_picture(bytes, "DK1:"), Err(Code::PictureWithoutCode));
        }
        for at in (0..png.len()).step_by(7) {
            let mut damaged = png.clone();
            damaged[at] ^= 0x55;
            let _ = read_picture(&damaged, "DK1:");
        }
    }
}
