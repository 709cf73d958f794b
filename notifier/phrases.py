"""What we say to customers without an agent's words: an apology for the wait, and the line that asks for a direct message.

Ours are in the languages that we judge, the settings may have others; whatever is missing is said in English.
"""

from collections.abc import Mapping

_APOLOGY = {
    "en": "Sorry that you had to wait so long for an answer.",
    "hi": "जवाब देने में इतनी देर हुई, इसके लिए हम माफ़ी चाहते हैं।",
    "hi-Latn": "Jawab dene mein itni der hui, iske liye hum maafi chahte hain.",
    "tr": "Yanıtımız geciktiği için özür dileriz.",
}
_PRIVATE = {
    "en": "We want to look into this with you. Please send us a direct message, and keep order numbers and phone numbers "
    "out of public posts.",
    "hi": "हम इसे आपके साथ मिलकर देखना चाहते हैं। कृपया हमें डायरेक्ट मैसेज भेजें; ऑर्डर या फ़ोन नंबर सार्वजनिक रूप से न लिखें।",
    "hi-Latn": "Hum ise aapke saath milkar dekhna chahte hain. Please hume direct message bhejiye; order ya phone number "
    "public mein na likhein.",
    "tr": "Bu konuyla sizinle birlikte ilgilenmek istiyoruz. Lütfen bize doğrudan mesaj gönderin; sipariş ve telefon "
    "numaranızı herkese açık yazmayın.",
}


def apology(language: str, settings: Mapping[str, str]) -> str:
    """How an answer begins that comes later than was promised."""
    return _said(language, settings, _APOLOGY)


def private_line(language: str, settings: Mapping[str, str]) -> str:
    """The public line that asks the person to go on in private."""
    return _said(language, settings, _PRIVATE)


def _said(language: str, settings: Mapping[str, str], ours: Mapping[str, str]) -> str:
    return settings.get(language) or ours.get(language) or settings.get("en") or ours["en"]
