"""Every act on a quote: drafted, sent, answered, charged. One transaction each."""

from invoicing.quotes.limits import AboveQuote, FinalOutdated
from invoicing.quotes.services.answering import (
    AnswerTooLate,
    NameNeeded,
    NotWaiting,
    accept_quote,
    record_answer,
    refuse_quote,
)
from invoicing.quotes.services.charging import (
    DepositOpen,
    NotAccepted,
    NothingLeft,
    charge_amount,
    charge_instalment,
    charge_percent,
    charge_rest,
    say_above,
)
from invoicing.quotes.services.drafting import (
    QuoteNotADraft,
    ScheduleAboveWhole,
    create_quote,
    discard_quote,
    duplicate_quote,
    save_quote,
)
from invoicing.quotes.services.sending import QuoteAnswered, QuoteNotReady, ValidityMissing, send_quote, withdraw_quote

__all__ = [
    "AboveQuote",
    "AnswerTooLate",
    "DepositOpen",
    "FinalOutdated",
    "NameNeeded",
    "NotAccepted",
    "NotWaiting",
    "NothingLeft",
    "QuoteAnswered",
    "QuoteNotADraft",
    "QuoteNotReady",
    "ScheduleAboveWhole",
    "ValidityMissing",
    "accept_quote",
    "charge_amount",
    "charge_instalment",
    "charge_percent",
    "charge_rest",
    "create_quote",
    "discard_quote",
    "duplicate_quote",
    "record_answer",
    "refuse_quote",
    "save_quote",
    "say_above",
    "send_quote",
    "withdraw_quote",
]
