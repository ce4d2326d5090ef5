// Sends the one form of the form_post page. Without script, the person presses its button.
document.getElementById("form-post")?.submit();
