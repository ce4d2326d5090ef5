use image::codecs::jpeg::JpegEncoder;
use image::{GenericImageView, Rgba, RgbaImage};

use super::*;

/// A picture whose left half is red and whose right half is blue, behind a transparent upper edge.
fn picture(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| match (y < height / 8, x < width / 2) {
        (true, _) => Rgba([0, 0, 0, 0]),
        (false, true) => Rgba([200, 0, 0, 255]),
        (false, false) => Rgba([0, 0, 200, 255]),
    })
}

fn written(picture: &RgbaImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::ImageRgba8(picture.clone());
    let picture = if format == ImageFormat::Jpeg { picture.to_rgb8().into() } else { picture };
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    written(&picture(width, height), ImageFormat::Png)
}

/// The stored picture, read again.
fn seen(icon: &Icon) -> DynamicImage {
    image::load_from_memory_with_format(icon.png(), ImageFormat::Png).unwrap()
}

/// The names of the chunks of a PNG; everything must lie inside one.
fn chunks(png: &[u8]) -> Vec<String> {
    let (signature, mut rest) = png.split_at(8);
    assert_eq!(signature, b"\x89PNG\r\n\x1a\n");
    let mut names = Vec::new();
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        names.push(String::from_utf8(rest[4..8].to_vec()).unwrap());
        rest = &rest[12 + length..];
    }
    names
}

/// A chunk of a PNG.
fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in name.iter().chain(content) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&length[..], name, content, &(!crc).to_be_bytes()].concat()
}

#[test]
fn draws_a_square_of_one_of_two_sizes() {
    for (width, height, side) in
        [(64, 64, 128), (128, 128, 128), (200, 900, 128), (256, 256, 256), (2048, 1000, 256)]
    {
        let icon = draw(&png(width, height)).unwrap();
        assert_eq!(seen(&icon).dimensions(), (side, side), "{width}×{height}");
    }
}

#[test]
fn takes_the_three_kinds_and_shows_what_they_show() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let icon = draw(&written(&picture(128, 128), format)).unwrap();
        let seen = seen(&icon).to_rgb8();
        let near = |x, y, colour: [u8; 3]| {
            let found = seen.get_pixel(x, y).0;
            let far = found.iter().zip(colour).map(|(a, b)| a.abs_diff(b)).max().unwrap();
            assert!(far < 12, "{format:?} at {x}, {y}: {found:?}");
        };
        near(20, 100, [200, 0, 0]);
        near(108, 100, [0, 0, 200]);
        if format != ImageFormat::Jpeg {
            near(64, 4, [255, 255, 255]);
        }
    }
}

#[test]
fn cuts_the_middle_out() {
    let wide = RgbaImage::from_fn(384, 128, |x, _| {
        if (128..256).contains(&x) { Rgba([0, 150, 0, 255]) } else { Rgba([200, 0, 0, 255]) }
    });
    let seen = seen(&draw(&written(&wide, ImageFormat::Png)).unwrap()).to_rgb8();
    assert!(seen.pixels().all(|pixel| pixel.0[0] < 40), "only the middle is there");
}

#[test]
fn the_same_bytes_are_the_same_icon() {
    assert_eq!(draw(&png(128, 128)), draw(&png(128, 128)));
    assert_ne!(draw(&png(128, 128)), draw(&png(128, 130)));
}

#[test]
fn l15_nothing_but_pixels_survives() {
    let plain = png(128, 128);
    let expected = draw(&plain).unwrap();
    assert_eq!(
        chunks(expected.png()).iter().filter(|name| *name != "IDAT").collect::<Vec<_>>(),
        ["IHDR", "IEND"]
    );

    let (head, rest) = plain.split_at(33);
    let text = chunk(b"tEXt", b"Comment\0<script>alert(1)</script>");
    let exif = chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0\0\0\0\0");
    let laden = [head, &text, &exif, rest, b"<?php evil(); PK\x03\x04"].concat();
    let drawn = draw(&laden).unwrap();
    assert_eq!(drawn, expected, "the same pixels are the same icon, whatever was around them");

    let mut jpeg = written(&picture(128, 128), ImageFormat::Jpeg);
    let bare = draw(&jpeg).unwrap();
    jpeg.splice(2..2, *b"\xff\xfe\x00\x12<script>alert(1)");
    jpeg.extend_from_slice(b"<html><script>alert(1)</script>");
    assert_eq!(draw(&jpeg).unwrap(), bare);
    assert!(!bare.png().windows(7).any(|bytes| bytes == b"<script"));
}

#[test]
fn turns_a_photograph_the_right_way_up() {
    let plain = written(&picture(128, 128), ImageFormat::Jpeg);
    let mut turned = plain.clone();
    // Orientation 3: upside down.
    let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0";
    turned.splice(2..2, exif.iter().copied());
    let (plain, turned) = (seen(&draw(&plain).unwrap()).to_rgb8(), seen(&draw(&turned).unwrap()).to_rgb8());
    assert_eq!(plain.get_pixel(20, 100), turned.get_pixel(107, 27));
    assert_ne!(plain.get_pixel(20, 100), turned.get_pixel(20, 100));
}

#[test]
fn l15_refuses_every_other_kind_whatever_it_is_called() {
    let drawing =
        b"<?xml version=\"1.0\"?>\n<SVG xmlns=\"http://www.w3.org/2000/svg\"><foreignObject/></SVG>";
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let page = b"<!doctype html><script>alert(1)</script>";
    let gif = b"GIF89a\x40\0\x40\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x40\0\x40\0\0\x02\x02L\x01\0;";
    let bmp = b"BM\x1e\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x01\0\x01\0\x01\0\x18\0\0\0\xff\0";
    for other in [page, &gif[..], bmp, b"", b"\0\0\0\x1cftypavif", b"%PDF-1.7", b"\0\0\x01\0\x01\0"] {
        assert_eq!(draw(other), Err(IconError::Kind), "{:?}", String::from_utf8_lossy(other));
    }
    for drawing in [&svg[..], drawing] {
        assert_eq!(draw(drawing), Err(IconError::Svg), "{:?}", String::from_utf8_lossy(drawing));
    }
}

/// F9: nothing of a second file would be stored, and whoever tries is told.
#[test]
fn f9_an_upload_is_one_picture_and_nothing_behind_it() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let plain = written(&picture(128, 128), format);
        assert_eq!(draw_upload(&plain, None), draw(&plain), "{format:?}");
        assert_eq!(draw_upload(&[&plain[..], &[0; 64]].concat(), None), draw(&plain), "{format:?}");
        for behind in
            [&b"PK\x03\x04"[..], b"<script>alert(1)</script>", b"%PDF-1.7", b"\0\0x", b"PK\x03\x04\xff\xd9"]
        {
            let both = [&plain[..], behind].concat();
            assert_eq!(draw_upload(&both, None), Err(IconError::Polyglot), "{format:?}");
        }
    }
    for (bytes, wrong) in [
        (vec![0; 50 << 20], IconError::File),
        (b"<svg onload=alert(1)>".to_vec(), IconError::Svg),
        (b"GIF89a/*\0\0*/=1;alert(1)".to_vec(), IconError::Kind),
        (png(63, 64), IconError::Size),
        (png(128, 128)[..300].to_vec(), IconError::Damaged),
    ] {
        assert_eq!(draw_upload(&bytes, None), Err(wrong));
    }
}

#[test]
fn an_upload_is_cut_where_its_developer_says() {
    let four = RgbaImage::from_fn(256, 256, |x, y| match (x < 128, y < 128) {
        (true, true) => Rgba([200, 0, 0, 255]),
        (false, true) => Rgba([0, 200, 0, 255]),
        (true, false) => Rgba([0, 0, 200, 255]),
        (false, false) => Rgba([0, 0, 0, 255]),
    });
    let bytes = written(&four, ImageFormat::Png);
    for (x, y, colour) in
        [(0, 0, [200, 0, 0]), (128, 0, [0, 200, 0]), (0, 128, [0, 0, 200]), (128, 128, [0, 0, 0])]
    {
        let icon = draw_upload(&bytes, Some(Crop { x, y, size: 128 })).unwrap();
        assert!(seen(&icon).to_rgb8().pixels().all(|pixel| pixel.0 == colour), "{x}, {y}");
    }
    let whole = Crop { x: 0, y: 0, size: 256 };
    assert_eq!(draw_upload(&bytes, Some(whole)), draw(&bytes));
    for (x, y, size) in [
        (0, 0, 257),
        (1, 0, 256),
        (129, 0, 128),
        (0, 200, 64),
        (0, 0, 63),
        (0, 0, 0),
        (u32::MAX, 0, 64),
        (0, 64, u32::MAX),
    ] {
        assert_eq!(draw_upload(&bytes, Some(Crop { x, y, size })), Err(IconError::Crop), "{x}, {y}, {size}");
    }
}

#[test]
fn refuses_too_few_and_too_many_pixels() {
    for (width, height) in [(63, 64), (64, 63), (1, 1), (2049, 64), (64, 2049)] {
        assert_eq!(draw(&png(width, height)), Err(IconError::Size), "{width}×{height}");
    }
}

/// A few bytes that claim to be more pixels than anybody has memory for.
#[test]
fn refuses_a_bomb_before_it_goes_off() {
    let mut bomb = b"\x89PNG\r\n\x1a\n".to_vec();
    let sides = [60_000_u32.to_be_bytes(), 60_000_u32.to_be_bytes()].concat();
    bomb.extend(chunk(b"IHDR", &[&sides[..], &[8, 6, 0, 0, 0]].concat()));
    bomb.extend(chunk(b"IDAT", &[0x78, 0x9c, 0x03, 0, 0, 0, 0, 1]));
    bomb.extend(chunk(b"IEND", &[]));
    assert_eq!(draw(&bomb), Err(IconError::Size));

    let mut jpeg = Vec::new();
    JpegEncoder::new(&mut jpeg).encode_image(&RgbImage::new(64, 64)).unwrap();
    let frame = jpeg.windows(2).position(|bytes| bytes == b"\xff\xc0").unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    assert_eq!(draw(&jpeg), Err(IconError::Size));
}

#[test]
fn refuses_a_file_that_ends_too_soon_or_goes_on_too_long() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let whole = written(&picture(128, 128), format);
        assert!(draw(&whole).is_ok(), "{format:?}");
        for kept in [20, whole.len() / 2, whole.len() * 3 / 4] {
            assert_eq!(
                draw(&whole[..kept]),
                Err(IconError::Damaged),
                "{format:?}: {kept} of {}",
                whole.len()
            );
        }
    }
    let mut long = png(128, 128);
    long.resize(FILE_AT_MOST, 0);
    assert!(draw(&long).is_ok());
    long.push(0);
    assert_eq!(draw(&long), Err(IconError::File));
}

#[test]
fn reads_no_more_of_a_file_than_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large");
    std::fs::write(&path, vec![0; FILE_AT_MOST * 2]).unwrap();
    assert_eq!(read(&path).unwrap().len(), FILE_AT_MOST + 1);
    assert!(read(&folder.path().join("none")).is_err());
}
