# Pages that say what went wrong: a heading, what happened, and what to do now.

error-what-to-do = What to do now.
error-for-developers = For the app’s developers
error-link-says = The link that was followed says this, not { $brand }:
error-code = Code
error-request = Request
error-front-page = Front page
error-get-help = Get help
error-try-again = Try again
error-back = Back to { $app }
error-back-to = That leads to { $place }
error-on-the-way = while you were connecting <b>{ $app }</b>

error-from-the-app = Go back to the app and try again from there. If it happens again, tell the people who make the app.

error-unknown-app = We do not know this app
error-unknown-app-what = The link that brought you here names an app that is not registered with us. Nothing was shared.
error-unknown-app-developers = Compare client_id in the link with the one in the app's settings.

error-redirect-uri = This app asked to be answered at an unknown address
error-redirect-uri-what = To keep your account safe we answer an app only at addresses it has registered with us, and the one in this link is not among them. Nothing was shared.
error-redirect-uri-developers = Register the address below in the app's settings exactly as it is sent: scheme, host, port, path, upper and lower case, and the slash at the end all count.

error-bad-request = We could not understand what the app asked
error-bad-request-what = The link that brought you here is incomplete or damaged. Nothing was shared.
error-bad-request-developers = What is wrong with the request:

error-app-unavailable = { $brand } has suspended { $app }
error-app-suspended = { $brand } has suspended this app
error-app-unavailable-what = As long as it is suspended, nobody can connect it, and it cannot reach any data, not even where it was connected before. Nothing was shared.
error-app-unavailable-next = There is nothing that you have to do. Why, and for how long, you can ask the people who make the app, or <link>the support of { $brand }</link>.
error-app-unavailable-ask = There is nothing that you have to do. Why, and for how long, you can ask the people who make the app, or whoever runs { $brand }.

error-expired = Please start again
error-expired-what = This page was open for too long, or it was started in another browser. We ended it to keep your account safe. Nothing was shared.
error-expired-next = Go back to the app and connect again. It only takes a moment.

error-already-answered = You have answered this already
error-already-answered-what = Each request can be answered once, and this one was. Nothing was done a second time.
error-already-answered-next = Go back to the app. If it does not show what you expect, connect it again from there.

error-forged = We could not tell that this came from you
error-forged-what = The form you sent did not carry the mark we put in it. This happens when cookies are blocked, when you signed in or out in another tab, or when another site sent the form. Nothing was changed.
error-forged-next = Go back, reload the page and try once more.

error-not-found = There is no page at this address
error-not-found-what = The link may be old, or the address may have been mistyped.
error-not-found-next = Check the address, or go to the front page.

error-method = This page cannot be used that way
error-method-what = The address is right, but it expects to be opened from its own form.
error-method-next = Open the page anew and use its buttons.

error-too-slow = That took too long to arrive
error-too-slow-what = We waited for the rest of what you sent, and it did not come.
error-too-slow-next = Check your connection and try again.

error-too-large = That was too much at once
error-too-large-what = What was sent is larger than any form on this server.
error-too-large-next = Shorten what you entered and try again.

error-throttled = A little slower, please
error-throttled-what = There were too many requests from you or your network in a short time. The pause keeps others from guessing, and apps from asking in a circle.
error-throttled-next = Wait { $wait }, then try again. Your account is not locked.

error-unavailable = We cannot answer right now
error-unavailable-what = A part of this service is not reachable at the moment. What you did last may not have been saved.
error-unavailable-next = Try again in a minute. If it happens again, tell our support the request number below.

error-unknown-host = This is not the right address
error-unknown-host-what = This server was reached under a name that is not its own.
error-unknown-host-next = Check the address in your browser’s bar. If you run this server, compare it with the issuer in its configuration, and with the hosts of its dialects.
