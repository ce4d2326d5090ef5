//! From the picture that somebody hands in to the icon that is stored: decoded within limits, made square, drawn anew.
//!
//! Nothing of the file survives but its pixels: no metadata, no second file behind the first, no script. Only PNG, JPEG
//! and WebP are decoded, told by their first bytes and never by a name. Limits are set before anything is decoded, so a
//! small file cannot become a large picture. What is transparent becomes white, because an icon covers the letters that
//! stand in for it. This blocks: call it from the command line, or from the pool for blocking work.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use symbolon_store::icons::Icon;

/// Bytes of a file that is looked at.
const FILE_AT_MOST: usize = 1 << 20;
/// Pixels in width and height.
const SIDE_AT_LEAST: u32 = 64;
const SIDE_AT_MOST: u32 = 2048;
/// Bytes that decoding may take: the largest picture at eight bytes a pixel, twice.
const MEMORY_AT_MOST: u64 = 64 << 20;
/// The sides of a stored icon: for a tile of 64 pixels on screens of two and of four dots a pixel.
const SIDES: [u32; 2] = [128, 256];

/// Why a file is no icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IconError {
    /// More bytes than are looked at.
    #[error("is larger than {} KiB: save it smaller", FILE_AT_MOST / 1024)]
    File,
    /// No picture, or of another kind.
    #[error("is none of the pictures that are taken: PNG, JPEG and WebP (no SVG, no GIF)")]
    Kind,
    /// Too few or too many pixels.
    #[error("must be {SIDE_AT_LEAST} to {SIDE_AT_MOST} pixels wide and high")]
    Size,
    /// It cannot be decoded.
    #[error("is damaged: it cannot be read to its end")]
    Damaged,
}

/// The bytes of a file, and no more of them than it takes to see that it is too large.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(FILE_AT_MOST).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Draws the icon that is stored for these bytes.
///
/// # Errors
/// Why it cannot be one.
pub fn draw(bytes: &[u8]) -> Result<Icon, IconError> {
    if bytes.len() > FILE_AT_MOST {
        return Err(IconError::File);
    }
    let format = image::guess_format(bytes).map_err(|_| IconError::Kind)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return Err(IconError::Kind);
    }
    if format == ImageFormat::Jpeg && !has_an_end(bytes) {
        return Err(IconError::Damaged);
    }
    let square = square(opaque(&decode(bytes, format)?));
    let side = if square.width() < SIDES[1] { SIDES[0] } else { SIDES[1] };
    let drawn = imageops::resize(&square, side, side, FilterType::Lanczos3);
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Best, PngFilter::Adaptive);
    drawn.write_with_encoder(encoder).map_err(|_| IconError::Damaged)?;
    Ok(Icon::of(png))
}

/// Whether an end of image follows the last scan of a JPEG. Its decoder would paint what is missing grey.
fn has_an_end(jpeg: &[u8]) -> bool {
    let last = |marker: [u8; 2]| jpeg.windows(2).rposition(|bytes| bytes == marker);
    last([0xff, 0xd9]) > last([0xff, 0xda])
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, IconError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_AT_MOST);
    limits.max_image_height = Some(SIDE_AT_MOST);
    limits.max_alloc = Some(MEMORY_AT_MOST);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| wrong(&error))?;
    let (width, height) = decoder.dimensions();
    let fits = |side: u32| (SIDE_AT_LEAST..=SIDE_AT_MOST).contains(&side);
    if !fits(width) || !fits(height) || decoder.total_bytes() > MEMORY_AT_MOST {
        return Err(IconError::Size);
    }
    // A photograph says in its metadata which side is up, and the metadata do not survive.
    let orientation = decoder.orientation().map_err(|error| wrong(&error))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| wrong(&error))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn wrong(error: &ImageError) -> IconError {
    match error {
        ImageError::Limits(_) => IconError::Size,
        ImageError::Unsupported(_) => IconError::Kind,
        _ => IconError::Damaged,
    }
}

/// The picture on white.
fn opaque(picture: &DynamicImage) -> RgbImage {
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0.map(u16::from);
        let over_white = |colour: u16| {
            let mixed = (colour * alpha + 255 * (255 - alpha) + 127) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        image::Rgb([red, green, blue].map(over_white))
    })
}

/// Its middle.
fn square(picture: RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let side = width.min(height);
    if width == height {
        return picture;
    }
    imageops::crop_imm(&picture, (width - side) / 2, (height - side) / 2, side, side).to_image()
}

#[cfg(test)]
mod tests;
