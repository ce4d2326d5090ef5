# What a refusal of an app means, and what its developers do about it.

mend-other = The request was refused. The answer that the app got says why in its error_description.
mend-no-client = The request names no app. Send client_id, or HTTP Basic authentication.
mend-no-secret = The app did not prove itself. Send its client secret, by the method that it is registered with.
mend-wrong-secret = The client secret is wrong or has ended. Compare its last four characters with those on the page Credentials, and look for a space or a line break that was copied with it.
mend-malformed-basic = The Authorization header is no valid HTTP Basic authentication. Encode client_id and secret as a form encodes them, join them with a colon, then use Base64.
mend-method-not-registered = The app proved itself by a method that is not taken from it here. Send the secret in the form or by HTTP Basic authentication, as the metadata of this server say.
mend-public-with-secret = The app is public and sent a secret. Leave the secret out; such an app proves itself by PKCE.
mend-two-credentials = The request proves the app in more than one way. Send the credentials once: in a header or in the body.
mend-redirect-missing = The request has no redirect_uri. Send one of those that are registered.
mend-redirect-mismatch = The redirect_uri is none of the registered ones. It is compared letter by letter: look at http and https, the slash at the end, capital letters and the port. Paste the link on the page Try it to see where it differs.
mend-redirect-differs = The redirect_uri of the exchange is another one than that of the authorization request. Send the same text both times.
mend-response-type = The response_type is missing or is not served. Send response_type=code.
mend-response-mode = The response_mode is not served. Leave it out, or send query or form_post.
mend-state-long = The state is longer than 4,096 bytes. Keep the data on your side and send a key to it.
mend-request-object = Request objects are not served here. Send the parameters in the address.
mend-prompt = prompt=none cannot stand beside another prompt. Send one of them.
mend-max-age = The max_age is no number of seconds. Send a whole number, or leave it out.
mend-scope-missing = The request names no permission. Send scope, with names separated by spaces.
mend-scope-malformed = The scope holds a character that no permission has. Separate names by single spaces, not by commas, and encode the text once.
mend-scope-beyond = The request asks for a permission that the app does not have. Choose it on the page Permissions, or leave it out.
mend-scope-widened = The refresh asks for more than was allowed. Send people through authorization again to get more.
mend-scope-unknown = There is no such permission here. Compare the spelling with the page Permissions.
mend-pkce-missing = The code_challenge is missing. Make a random code_verifier, send its SHA-256 as code_challenge with code_challenge_method=S256, and the verifier with the exchange.
mend-pkce-malformed = The code_challenge or its method is malformed. Use S256 and base64url without = at the end, which is 43 characters.
mend-verifier-missing = The authorization request had a code_challenge, and the exchange has no code_verifier. Keep the verifier in the session of the person and send it.
mend-verifier-wrong = The code_verifier does not belong to the code_challenge. Mostly a second authorization began meanwhile and replaced the stored verifier: keep one for each state.
mend-verifier-unexpected = The exchange has a code_verifier, and the authorization request had no code_challenge. Send both or none.
mend-resource-unknown = The resource is unknown here. Send the identifier of the API as it is documented, or leave it out.
mend-resource-differs = The resource is another one than was allowed, or there are several. Ask for the same one throughout.
mend-not-signed-in = prompt=none was asked and nobody is signed in. Send the person without prompt=none.
mend-not-silent = prompt=none was asked and the person has to consent. Send the person without prompt=none.
mend-denied = The person said no. Tell them in your app what it needs the permissions for, and let them try again.
mend-place-closed = The person may not let this app in there. An administrator of that place can, or they choose another one.
mend-content-type = The body has a media type that is not read here. Send application/x-www-form-urlencoded.
mend-json = The body is no JSON object of texts. Check quotes and commas, and send every value as a text.
mend-repeated = A parameter stands there twice, or there are too many. Send each once.
mend-parameter-missing = A parameter is missing. The error_description of the answer names it.
mend-parameter-unknown = A parameter is not known here. The error_description of the answer names it; check its spelling.
mend-in-query = Credentials stood in the address, where logs keep them. Send them in the body or in a header, and replace the secret.
mend-method = The address does not answer this method. Tokens are asked for with POST.
mend-not-found = What the request names does not exist. Check the identifier.
mend-unreadable = The body did not arrive whole, or is larger than 64 KiB. Check Content-Length and proxies in between.
mend-grant-type-unknown = The grant_type is missing or is not served here. Send authorization_code or refresh_token.
mend-grant-type-not-allowed = The app may not use this grant_type. See the page How it connects; to act as itself is given by whoever runs this server.
mend-code-unknown = There is no such code for this app. Send the code exactly as it came, decoded once, and to the token address of the same dialect.
mend-code-expired = The code had expired. Exchange it at once when it arrives, on your server.
mend-code-used = The code was used before. Exchange each code once: a page that is loaded again or a retry sends it twice. Tokens of a code that is used twice are ended.
mend-refresh-unknown = There is no such refresh token. Store it as it is, without cutting it, and keep the new one that each refresh answers.
mend-refresh-foreign = The refresh token belongs to another app. Check which credentials belong to which environment.
mend-refresh-expired = The refresh token was not used in time. Send the person through authorization again.
mend-refresh-reused = A refresh token was used that had been replaced. Store the new one before anything else, and let one process refresh at a time. Send the person through authorization again.
mend-family-ended = The tokens of this connection were ended: by revocation, or because a code or refresh token was used twice. Send the person through authorization again.
mend-turned-public = The app has lost its secret since, so what was given to it before is over. Send people through authorization again.
mend-grant-gone = The person or an administrator ended the connection. Stop asking, and offer to connect again.
mend-token-unknown = The access token is missing or is none of ours. Send it as Authorization: Bearer, without quotes.
mend-host-key = The API did not prove itself with its host key. Whoever runs the API has to mend that.
mend-suspended = The app is stopped. Its overview says so; ask whoever runs this server.
mend-in-development = The app is in development and the person is none of its testers. Invite them on the page Testers.
mend-person-gone = The person is not there any more, or not in this place. Stop asking, and offer to connect again.
mend-token-ended = The access token has expired or was revoked. Use the refresh token, a minute before the end at best.
mend-audience = The access token is for another API. Ask for a token with the resource of this one.
mend-role = The person's role does not allow it, and no permission would. Somebody with another role has to connect.
mend-scope-lacking = The access token lacks a permission. Ask for it in the scope of the authorization request.
mend-throttled = There were too many wrong attempts from one address, so this one was not looked at. Wait as long as Retry-After says, and mend what fails before it.
mend-ours = This was no fault of the app: the server could not answer. Try again after a moment, with growing pauses.
