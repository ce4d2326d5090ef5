//! The icon of an app in the portal: a file that is drawn anew, looked at first, and taken away; and every file that is none.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use symbolon_platform::app::AppStatus;
use symbolon_store::testing::Database;

use super::{form, lenas, sends};
use crate::support::{Answer, Person, TestApp, stories};

stories!(
    a_picture_is_looked_at_kept_and_taken_away,
    the_square_that_was_chosen_is_what_is_kept,
    l15_what_is_no_picture_is_refused_with_the_reason,
    fifty_megabytes_are_refused_with_the_reason_and_not_held,
    s04_nobody_else_sends_more_than_a_form,
    of_a_live_app_the_icon_stays,
);

/// A picture that is red on its left half and blue on its right.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let colour = |x, _| if x < width / 2 { Rgb([200, 0, 0]) } else { Rgb([0, 0, 200]) };
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::from_fn(width, height, colour))
        .write_to(&mut bytes, format)
        .expect("a picture");
    bytes.into_inner()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    picture(width, height, ImageFormat::Png)
}

/// Hands a file in on the page of the icon.
async fn hands_in(person: &mut Person, settings: &str, more: &[(&str, &str)], file: &[u8]) -> Answer {
    let path = format!("{settings}/icon");
    let page = person.open(&path).await;
    let mut fields = form(&page, "crop_size").submit();
    // The button that saves.
    fields.retain(|(name, _)| name != "preview" && more.iter().all(|(own, _)| own != name));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    person.uploads(&path, &fields, ("icon", file)).await
}

/// The icon that the page shows as the one of now.
async fn icon_of(person: &mut Person, settings: &str) -> Option<String> {
    let page = person.open(&format!("{settings}/icon")).await;
    let (_, rest) = page.body.split_once("class=\"picture\" src=\"")?;
    rest.split('"').next().map(str::to_owned).filter(|path| path.starts_with("/icons/"))
}

async fn colours(app: &TestApp, path: &str) -> (u32, [u8; 3], [u8; 3]) {
    let png = app.get(path).await;
    assert_eq!((png.status, png.header("content-type")), (200, "image/png"));
    let drawn = image::load_from_memory_with_format(&png.bytes, ImageFormat::Png).expect("a PNG");
    let at = |x| drawn.to_rgb8().get_pixel(x, drawn.height() / 2).0;
    (drawn.width(), at(8), at(drawn.width() - 8))
}

async fn a_picture_is_looked_at_kept_and_taken_away(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    assert_eq!(icon_of(&mut lena, &settings).await, None);
    let preview = hands_in(&mut lena, &settings, &[("preview", "yes")], &png(400, 400)).await;
    assert!(
        preview.status == 200 && preview.body.contains("src=\"data:image/png;base64,"),
        "{}",
        preview.status
    );
    assert_eq!(icon_of(&mut lena, &settings).await, None, "looking keeps nothing");
    let keep = preview
        .forms()
        .into_iter()
        .find(|form| form.clone().submit().iter().any(|(name, _)| name == "drawn"));
    let keep = keep.expect("a form that keeps it");
    let kept = lena.post(&keep, &keep.clone().submit()).await;
    assert_eq!(kept.status, 303, "{kept:?}");
    let icon = icon_of(&mut lena, &settings).await.expect("an icon");
    let (side, left, right) = colours(&app, &icon).await;
    assert!(side == 256 && left[0] > 150 && right[2] > 150, "{side} {left:?} {right:?}");
    for (file, format) in [("jpeg", ImageFormat::Jpeg), ("webp", ImageFormat::WebP)] {
        let kept = hands_in(&mut lena, &settings, &[], &picture(128, 128, format)).await;
        assert_eq!(kept.status, 303, "{file}");
        let now = icon_of(&mut lena, &settings).await.expect("an icon");
        assert!(now != icon && app.get(&now).await.bytes.starts_with(b"\x89PNG"), "{file}");
    }
    assert!(lena.open("/developers").await.body.contains("/icons/"), "it stands in the list");
    let removed = sends(&mut lena, &format!("{settings}/icon"), &[("csrf", ""), ("remove", "icon")]).await;
    assert_eq!(removed.status, 403, "without its mark nothing is taken away");
    let page = lena.open(&format!("{settings}/icon")).await;
    let mut sent = form(&page, "csrf").submit();
    sent.push(("remove".to_owned(), "icon".to_owned()));
    assert_eq!(lena.post(&form(&page, "csrf"), &sent).await.status, 303);
    assert_eq!(icon_of(&mut lena, &settings).await, None);
    assert_eq!(app.get(&icon).await.status, 404, "a picture that no app shows is gone");
}

async fn the_square_that_was_chosen_is_what_is_kept(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    let wide = png(800, 400);
    for (crop, red) in
        [([("crop_x", "0"), ("crop_y", "10")], true), ([("crop_x", "450"), ("crop_y", "")], false)]
    {
        let more = [crop[0], crop[1], ("crop_size", "300")];
        assert_eq!(hands_in(&mut lena, &settings, &more, &wide).await.status, 303);
        let icon = icon_of(&mut lena, &settings).await.expect("an icon");
        let (_, left, right) = colours(&app, &icon).await;
        assert!((left[0] > 150) == red && (right[0] > 150) == red, "{left:?} {right:?}");
    }
    for wrong in [
        [("crop_x", "600"), ("crop_y", "0"), ("crop_size", "300")],
        [("crop_x", "0"), ("crop_y", "0"), ("crop_size", "")],
        [("crop_x", "0"), ("crop_y", "0"), ("crop_size", "63")],
        [("crop_x", "-1"), ("crop_y", "0"), ("crop_size", "100")],
        [("crop_x", "4294967295"), ("crop_y", "1"), ("crop_size", "100")],
    ] {
        let refused = hands_in(&mut lena, &settings, &wrong, &wide).await;
        assert!(refused.status == 422 && refused.body.contains("There is no such square"), "{wrong:?}");
        assert!(
            refused.body.contains(&format!("value=\"{}\"", wrong[0].1)),
            "what was typed stays: {wrong:?}"
        );
    }
}

/// L-15, S-08: with its twin in the stories above.
async fn l15_what_is_no_picture_is_refused_with_the_reason(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    let svg =
        b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let polyglot = [png(200, 200), b"<script>alert(1)</script>".to_vec()].concat();
    // A header that promises 30,000 by 30,000 pixels in a few bytes.
    let mut bomb = png(64, 64);
    bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    let cut = &png(200, 200)[..200];
    for (what, file, says) in [
        ("SVG", &svg[..], "This is an SVG"),
        ("HTML", b"<html><script>alert(1)</script>", "none of the pictures"),
        ("GIF", b"GIF89a\x01\x00\x01\x00", "none of the pictures"),
        ("polyglot", &polyglot, "something else behind the picture"),
        ("small", &png(32, 32), "64 to 2048 pixels"),
        ("wide", &png(2049, 64), "64 to 2048 pixels"),
        ("cut off", cut, "it cannot be read to its end"),
        ("large", &vec![0x89; (1 << 20) + 1], "larger than 1 MiB"),
    ] {
        let refused = hands_in(&mut lena, &settings, &[], file).await;
        assert!(refused.status == 422 && refused.body.contains(says), "{what}: {refused:?}");
        assert!(!refused.body.contains("alert(1)"), "{what}");
    }
    let refused = hands_in(&mut lena, &settings, &[], &bomb).await;
    assert!(refused.status == 422 && refused.body.contains("id=\"icon-problem\""), "{refused:?}");
    let nothing = sends(&mut lena, &format!("{settings}/icon"), &[("crop_size", "")]).await;
    assert!(nothing.status == 422 && nothing.body.contains("Choose a picture first"), "{nothing:?}");
    assert_eq!(icon_of(&mut lena, &settings).await, None);
}

async fn fifty_megabytes_are_refused_with_the_reason_and_not_held(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    let refused = hands_in(&mut lena, &settings, &[], &vec![0; 50 << 20]).await;
    assert!(refused.status == 413 && refused.body.contains("larger than 1 MiB"), "{}", refused.status);
    for path in [format!("{settings}/manifest"), "/developers/new".to_owned()] {
        let page = lena.open(&path).await;
        let fields = form(&page, "manifest").submit();
        let refused = lena.uploads(&path, &fields, ("manifest_file", &vec![b'a'; 2 << 20])).await;
        assert!(
            refused.body.contains("larger than 32 KiB") && refused.status >= 400,
            "{path}: {}",
            refused.status
        );
    }
    // The twin: what fits is taken.
    assert_eq!(hands_in(&mut lena, &settings, &[], &png(1024, 1024)).await.status, 303);
}

/// Whoever is signed out, and every other address, has room for a form and no more.
async fn s04_nobody_else_sends_more_than_a_form(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, ..) = lenas(&app).await;
    let large = vec![b'a'; 100 << 10];
    let mut nobody = app.person("nina");
    let refused = nobody.uploads(&format!("{settings}/icon"), &[], ("icon", &large)).await;
    assert_eq!(refused.status, 413, "{refused:?}");
    for path in [
        "/login",
        "/developers/organisations",
        &format!("{settings}/identity"),
        &format!("{settings}/redirects"),
    ] {
        assert_eq!(lena.uploads(path, &[], ("icon", &large)).await.status, 413, "{path}");
    }
    assert_eq!(
        lena.uploads(&format!("{settings}/icon"), &[], ("icon", &large)).await.status,
        403,
        "its form is forged"
    );
}

async fn of_a_live_app_the_icon_stays(database: Database) {
    let app = TestApp::start(database).await;
    let (mut lena, settings, client_id, _) = lenas(&app).await;
    let page = lena.open(&format!("{settings}/icon")).await;
    let fields = form(&page, "crop_size").submit();
    app.set_app_status(&client_id, AppStatus::Live).await;
    let refused = lena.uploads(&format!("{settings}/icon"), &fields, ("icon", &png(100, 100))).await;
    assert!(refused.status == 403 && refused.body.contains("id=\"locked\""), "{refused:?}");
    assert_eq!(icon_of(&mut lena, &settings).await, None);
}
