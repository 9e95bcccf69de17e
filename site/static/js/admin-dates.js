// Wagtail's calendar replaces a typed date that it cannot read by today's. The server reads more formats and refuses
// the rest with words, so the text stays as it was typed.
jQuery.fn.datetimepicker.defaults.validateOnBlur = false;
