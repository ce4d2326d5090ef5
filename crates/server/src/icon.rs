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

use crate::routes::field::ICON_AT_MOST as FILE_AT_MOST;

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
    #[error("is none of the pictures that are taken: PNG, JPEG and WebP (no GIF)")]
    Kind,
    /// Too few or too many pixels.
    #[error("must be {SIDE_AT_LEAST} to {SIDE_AT_MOST} pixels wide and high")]
    Size,
    /// A drawing of lines, which can hold scripts.
    #[error("is an SVG, which can hold scripts: export it as PNG, at {} pixels or more", SIDES[1])]
    Svg,
    /// A second file behind the picture.
    #[error("holds something else behind the picture: open it in a picture program and export it anew")]
    Polyglot,
    /// The square that was chosen is not in the picture.
    #[error("has no such square: it must lie inside the picture and be {SIDE_AT_LEAST} pixels wide at least")]
    Crop,
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

/// The square of a picture that becomes its icon, in pixels of the picture as it is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crop {
    /// From the left.
    pub x: u32,
    /// From above.
    pub y: u32,
    /// Its width, and its height.
    pub size: u32,
}

/// Draws the icon of what a developer uploads: the square that was chosen, the middle when none was. Beyond what [`draw`] refuses,
/// nothing may stand behind the picture, so that no file passes that is two at once.
///
/// # Errors
/// Why it cannot be one.
pub fn draw_upload(bytes: &[u8], crop: Option<Crop>) -> Result<Icon, IconError> {
    let (picture, format) = picture(bytes)?;
    if !ends_where_it_should(bytes, format) {
        return Err(IconError::Polyglot);
    }
    let square = match crop {
        Some(crop) => chosen(&picture, crop)?,
        None => square(picture),
    };
    stored(&square)
}

fn chosen(picture: &RgbImage, Crop { x, y, size }: Crop) -> Result<RgbImage, IconError> {
    let inside = |from: u32, side: u32| from.checked_add(size).is_some_and(|to| to <= side);
    if size < SIDE_AT_LEAST || !inside(x, picture.width()) || !inside(y, picture.height()) {
        return Err(IconError::Crop);
    }
    Ok(imageops::crop_imm(picture, x, y, size, size).to_image())
}

/// Whether the file ends with its picture. Zeros behind it are padding and no second file.
fn ends_where_it_should(bytes: &[u8], format: ImageFormat) -> bool {
    let end = match format {
        ImageFormat::Png => png_end(bytes),
        ImageFormat::Jpeg => jpeg_end(bytes),
        ImageFormat::WebP => bytes.get(4..8).and_then(|size| {
            let size = u32::from_le_bytes(size.try_into().ok()?);
            usize::try_from(size).ok()?.checked_add(8)
        }),
        _ => None,
    };
    let behind = end.and_then(|end| bytes.get(end..));
    behind.is_some_and(|behind| behind.iter().all(|byte| *byte == 0))
}

/// Where the last chunk of a PNG ends.
fn png_end(png: &[u8]) -> Option<usize> {
    let mut at = 8_usize;
    loop {
        let length = u32::from_be_bytes(png.get(at..at.checked_add(4)?)?.try_into().ok()?);
        let name = png.get(at.checked_add(4)?..at.checked_add(8)?)?;
        let end = at.checked_add(usize::try_from(length).ok()?)?.checked_add(12)?;
        if name == b"IEND" {
            return Some(end);
        }
        at = end;
    }
}

/// Where the end of image of a JPEG stands: after its segments, and after what each scan holds. A picture in its metadata has an end
/// of its own, which is not that.
fn jpeg_end(jpeg: &[u8]) -> Option<usize> {
    let mut at = 2_usize;
    loop {
        let marker = *jpeg.get(at.checked_add(1)?)?;
        match (jpeg[at], marker) {
            (0xff, 0xd9) => return Some(at + 2),
            (0xff, 0xff) => at += 1,
            // Between the segments every marker begins so; in a scan these are no markers.
            (0xff, 0x00 | 0x01 | 0xd0..=0xd7) => at += 2,
            (0xff, _) => {
                let length = u16::from_be_bytes(jpeg.get(at + 2..at + 4)?.try_into().ok()?);
                at = at.checked_add(2 + usize::from(length))?;
            }
            _ => at += 1,
        }
    }
}

/// Draws the icon that is stored for these bytes.
///
/// # Errors
/// Why it cannot be one.
pub fn draw(bytes: &[u8]) -> Result<Icon, IconError> {
    stored(&square(picture(bytes)?.0))
}

/// The pixels, on white, and which kind of file they came in.
fn picture(bytes: &[u8]) -> Result<(RgbImage, ImageFormat), IconError> {
    if bytes.len() > FILE_AT_MOST {
        return Err(IconError::File);
    }
    let format = image::guess_format(bytes).map_err(|_| kind(bytes))?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP) {
        return Err(IconError::Kind);
    }
    if format == ImageFormat::Jpeg && !has_an_end(bytes) {
        return Err(IconError::Damaged);
    }
    Ok((opaque(&decode(bytes, format)?), format))
}

/// Why bytes are of no kind that is taken.
fn kind(bytes: &[u8]) -> IconError {
    let begins = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    if begins.contains("<svg") { IconError::Svg } else { IconError::Kind }
}

/// As it is stored.
fn stored(square: &RgbImage) -> Result<Icon, IconError> {
    let side = if square.width() < SIDES[1] { SIDES[0] } else { SIDES[1] };
    let drawn = imageops::resize(square, side, side, FilterType::Lanczos3);
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
