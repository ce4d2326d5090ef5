use http::header::AUTHORIZATION;

use super::*;
use crate::world::Addresses;

fn world() -> World {
    let addresses = Addresses {
        issuer: "http://127.0.0.1:9080".to_owned(),
        host_api: "http://127.0.0.1:9081".to_owned(),
        app: "http://127.0.0.1:9082".to_owned(),
    };
    World::at(addresses).expect("the world can be read")
}

fn vendor(key: &str) -> Vendor {
    let mut vendors = all().expect("the table can be read").into_iter();
    vendors.find(|vendor| vendor.key == key).expect("a vendor of this name")
}

/// Everything a client can know.
fn known(vendor: &Vendor) -> Knowledge {
    let mut known = vendor.registration(&world()).expect("its app is declared");
    for name in ["state", "code", "access_token", "refresh_token"] {
        known.learn(name, format!("the-{name}"));
    }
    known.learn("base_url", "http://127.0.0.1:9081".to_owned());
    known
}

#[test]
fn every_vendor_has_its_app_its_person_and_its_place() {
    let world = world();
    for vendor in &world.vendors {
        let app = world.app(&vendor.client_id).expect("its app");
        assert_eq!(app.redirect_uris, [format!("http://127.0.0.1:9082{}/callback", vendor.page())]);
        assert!(world.person(&vendor.person).is_ok(), "{}", vendor.person);
        assert!(world.belongs(&vendor.person, &vendor.tenant), "{} in {}", vendor.person, vendor.tenant);
        assert!(world.dialects().contains(&format!("prefix = \"{}\"", vendor.prefix())));
    }
}

#[test]
fn every_call_can_be_written_and_every_step_has_its_call() {
    for vendor in all().expect("the table can be read") {
        let known = known(&vendor);
        assert!(vendor.authorization(&known).is_ok());
        for call in &vendor.calls {
            assert!(call.request(&known).is_ok(), "{} of {}", call.name, vendor.name);
        }
        assert_eq!(vendor.walk.first().map(|step| step.call.as_str()), Some(EXCHANGE));
        for step in &vendor.walk {
            assert!(vendor.call(&step.call).is_ok(), "{}", step.call);
        }
        assert!(vendor.walk.iter().any(|step| step.status >= 400), "{} is never refused", vendor.name);
        assert!(vendor.calls.iter().any(|call| call.ends), "{} never ends", vendor.name);
    }
}

#[test]
fn a_request_is_written_as_the_table_says() {
    let fillout = vendor("fillout");
    let exchange = fillout.call(EXCHANGE).expect("a call").request(&known(&fillout)).expect("a request");
    assert_eq!(exchange.url().as_str(), "http://127.0.0.1:9080/fillout/public/oauth/accessToken");
    let body: Value = serde_json::from_slice(exchange.body()).expect("JSON");
    assert_eq!(body["code"], "the-code");
    assert_eq!(body.get("grant_type"), None);

    let calcom = vendor("calcom");
    let refresh = calcom.call("refresh-old").expect("a call").request(&known(&calcom)).expect("a request");
    let header = refresh.headers().iter().find(|(name, _)| name == AUTHORIZATION);
    assert_eq!(header.map(|(_, value)| value.as_str()), Some("Bearer the-refresh_token"));
    assert!(refresh.body().starts_with(b"grant_type=refresh_token&client_id="));
}

#[test]
fn what_is_not_known_is_not_made_up() {
    let make = vendor("make");
    let registration = make.registration(&world()).expect("its app is declared");
    let refused = make.call("info").expect("a call").request(&registration).err();
    assert_eq!(refused.as_deref(), Some("the client does not know its access_token yet"));
    assert!(make.call("nothing").is_err());
}
