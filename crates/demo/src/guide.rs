//! What the demo says when it is ready: where everything is, who can sign in, and what to click.

use std::io::Write;

use super::world::World;

/// Prints the guide.
///
/// # Errors
/// When `out` cannot be written to.
pub fn print(world: &World, temporary: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let addresses = &world.addresses;
    let password = world.cast.user.first().map(|person| person.password.as_str()).unwrap_or_default();
    writeln!(out, "The Symbolon demo. It runs on this machine alone; its passwords are public.\n")?;
    writeln!(out, "  Daybook, a third-party app    {}    start here", addresses.app)?;
    writeln!(
        out,
        "  Symbolon, the server          {}    /account shows what is connected",
        addresses.issuer
    )?;
    writeln!(out, "  Forms and bookings, the API   {}", addresses.host_api)?;
    writeln!(
        out,
        "  The mails that it sends       {}/outbox    nothing leaves this machine",
        addresses.host_api
    )?;
    writeln!(out, "\nSign in as one of these; the password is always: {password}\n")?;
    for (person, told) in world.people() {
        writeln!(out, "  {:<20}{:<14}{told}", person.email, person.name)?;
    }
    writeln!(out, "\nTry this\n")?;
    writeln!(out, "  1. Open {} and press “Connect your clinic”.", addresses.app)?;
    writeln!(
        out,
        "  2. Sign in as Jane, choose one of her clinics, leave out the bookings or not, and allow."
    )?;
    writeln!(out, "  3. Look at “What was said”, refresh the token, disconnect.")?;
    writeln!(out, "  4. Connect as Sam, of the office: his role does not let him hand out the forms.")?;
    writeln!(
        out,
        "  5. Make an account, or press “Forgot your password?”, and open the link in {}/outbox.",
        addresses.host_api
    )?;
    develop(world, out)?;
    writeln!(out, "  7. A token without a browser:")?;
    writeln!(
        out,
        "     curl -u clinic-board:clinic-board-demo-secret -d grant_type=client_credentials {}/oauth/token",
        addresses.issuer
    )?;
    writeln!(out, "\nDaybook also connects as clients of four vendors do, each in that vendor's dialect.")?;
    writeln!(out, "Press “Connect with …” there, and see every request and every answer:\n")?;
    for vendor in &world.vendors {
        let person = world.person(&vendor.person).map(|person| person.email.as_str()).unwrap_or_default();
        let page = format!("{}{}", addresses.app, vendor.page());
        writeln!(out, "  {:<12}{page:<42}as {person}", vendor.name)?;
    }
    if let Some(vendor) = world.vendors.first() {
        let (below, at) = (format!("{}{}", addresses.issuer, vendor.prefix()), world.host(vendor));
        writeln!(out, "\nA client of your own finds each dialect below its name, such as {below},")?;
        writeln!(out, "and at a host of that name, such as http://{at}; the vendor's API beside it.")?;
    }
    let fate = if temporary { " The data are in a temporary folder and go with it." } else { "" };
    writeln!(out, "\nCtrl-C ends it.{fate}")
}

/// What developers do here.
fn develop(world: &World, out: &mut dyn Write) -> std::io::Result<()> {
    let portal = format!("{}/developers", world.addresses.issuer);
    writeln!(
        out,
        "  6. Sign in as Dora, open {portal} and press “Create an app”: a name is enough. Or open"
    )?;
    writeln!(
        out,
        "     Harbour Notes, which has two secrets, one of them ending, and testers. Sam may only look."
    )
}

/// Opens an address in the person's browser. If that fails, the address is on the screen anyway.
///
/// # Errors
/// When `out` cannot be written to.
pub fn open_in_browser(address: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    match std::process::Command::new(program).args(before).arg(address).spawn() {
        Ok(_) => Ok(()),
        Err(reason) => {
            writeln!(out, "the browser could not be opened ({program}: {reason}); go to {address}")
        }
    }
}
