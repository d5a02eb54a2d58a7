"""The addresses of the shell and of accounts. None holds an object of a cooperative."""

from tests.house.url_table import Row

PUBLIC = Row(strangers=(), public=True, allowed=(200, 302, 400, 405))
OWN = Row(strangers=(), allowed=(200, 302, 404, 405))
KEY = Row(arguments=lambda world: {"pk": 1}, strangers=(), allowed=(302, 404))

TABLE = {
    "health": PUBLIC,
    "set_language": PUBLIC,
    "read_day": PUBLIC,
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_signup": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": Row(
        arguments=lambda world: {"uidb36": "0", "key": "none"}, strangers=(), public=True, allowed=(200, 302)
    ),
    "account_reset_password_from_key_done": PUBLIC,
    "account_email_verification_sent": PUBLIC,
    "account_confirm_email": Row(
        arguments=lambda world: {"key": "none"}, strangers=(), public=True, allowed=(200, 302, 404, 405)
    ),
    "account_confirm_login_code": PUBLIC,
    "account_reauthenticate": OWN,
    "account_email": OWN,
    "account_change_password": OWN,
    "account_set_password": OWN,
    "mfa_authenticate": PUBLIC,
    "mfa_index": OWN,
    "mfa_reauthenticate": OWN,
    "mfa_activate_totp": OWN,
    "mfa_deactivate_totp": OWN,
    "mfa_view_recovery_codes": OWN,
    "mfa_generate_recovery_codes": OWN,
    "mfa_download_recovery_codes": OWN,
    "mfa_list_webauthn": OWN,
    "mfa_add_webauthn": OWN,
    "mfa_reauthenticate_webauthn": OWN,
    "mfa_remove_webauthn": KEY,
    "mfa_edit_webauthn": KEY,
}
