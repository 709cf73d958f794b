"""Distinct made-up posts in four languages for the benchmark: five in a hundred are urgent.

They are put together from parts so that a hundred thousand differ; they measure speed, and say nothing of how well a
post is judged. Three in five open a case; on the sandbox's made-up day it is three in four.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

PARTS = {
    "en": (
        ["So", "Honestly", "Well", "Day two:", "Update:", "Question:", "FYI", "Hmm", "Ok", "Morning all,"],
        [
            "@northwind the parcel for {n} still has not arrived and nobody answers",
            "my @northwind headphones work fine after {n} days, sound is lovely",
            "does northwind deliver to postcode {n} on Sundays?",
            "northwind app is a bit slow today, took {n} seconds to open the cart",
            "the northwind store near gate {n} was really friendly, thank you",
            "northwind charged me {n} rupees more than the price on the shelf",
            "I returned kettle no. {n} to northwind and wait for the refund",
            "northwind coffee is fine but the packaging of lot {n} is too much plastic",
            "watching the match with northwind popcorn, {n} minutes to go",
            "my cousin works at northwind in town {n} and likes it there",
            "picked up {n} mangoes at northwind on the way home",
            "northwind has a new shop window, number {n} on the high street",
        ],
        ["🙏", "😡", "not happy", "love it", "any idea?", "ridiculous", "thanks!", "#northwind", "please help", "👍👍"],
    ),
    "hi": (
        ["नमस्ते,", "भाई,", "देखिए,", "आज फिर", "सच में", "कृपया"],
        [
            "नॉर्थविंड northwind का ऑर्डर {n} अभी तक नहीं आया",
            "northwind की सेवा बहुत अच्छी है, {n} मिनट में सामान मिल गया",
            "northwind ऐप पर कूपन {n} काम नहीं कर रहा",
            "northwind से {n} रुपये वापस कब मिलेंगे?",
            "आज northwind से {n} आम लाए, बच्चों को बहुत पसंद आए",
        ],
        ["🙏", "धन्यवाद", "बहुत खराब", "जवाब दीजिए", "😡", "शानदार"],
    ),
    "hi-Latn": (
        ["bhai", "yaar", "arre", "please", "suno", "kal se"],
        [
            "northwind ka order {n} abhi tak nahi aaya",
            "northwind ne {n} rupaye zyada kaat liye, koi sunta nahi",
            "northwind ki delivery bahut fast hai, {n} minute me aa gaya",
            "northwind app me code {n} kaam nahi kar raha hai",
            "northwind se {n} kilo aam liye, ekdum mast nikle",
        ],
        ["🙏", "kya karu?", "bakwas", "mast hai", "reply karo", "😂"],
    ),
    "tr": (
        ["Merhaba,", "Ya", "Bugün", "Arkadaşlar", "Gerçekten", "Lütfen"],
        [
            "northwind siparişim {n} hâlâ gelmedi, kimse cevap vermiyor",
            "northwind kargosu {n} saatte geldi, çok memnun kaldım",
            "northwind uygulamasında {n} kodu çalışmıyor",
            "northwind {n} lira fazla çekmiş, iade ne zaman?",
            "northwind'den {n} kilo portakal aldım, mis gibi kokuyor",
        ],
        ["🙏", "rezalet", "teşekkürler", "bilen var mı?", "😡", "süper"],
    ),
}
URGENT = [
    "northwind power bank {n} is swollen and smoking, what do I do",
    "somebody hacked my northwind account and spent {n} dollars just now",
    "northwind debited me {n} twice again and I cannot pay my rent",
    "third time I write to northwind about order {n}, nobody answers, going to consumer court",
    "gas smell from the northwind heater model {n}",
]
SYLLABLES = ["ka", "ro", "mi", "tu", "shen", "bal", "qir", "dov", "lep", "nas", "yug", "wod", "fi", "zen", "cru", "hal"]
SHARES = (("en", 0.55), ("hi", 0.1), ("hi-Latn", 0.2), ("tr", 0.15))


def posts(count: int, start: datetime, seed: int = 1) -> Iterator[dict[str, Any]]:
    """`count` posts as `replay` reads them, one a second from `start` on, by a third as many authors."""
    pick = random.Random(seed)
    languages, weights = zip(*SHARES, strict=True)
    for number in range(count):
        if pick.random() < 0.05:
            text = pick.choice(URGENT).format(n=number % 90 + 1)
        else:
            opening, middle, end = PARTS[pick.choices(languages, weights)[0]]
            text = f"{pick.choice(opening)} {pick.choice(middle).format(n=number % 90 + 1)} {pick.choice(end)}"
        text += f" {_signed(number)}"  # so that no two are nearly the same, and none joins another's case
        author = number % max(1, count // 3)
        yield {
            "platform": "x",
            "id": str(10**17 + number),
            "text": text,
            "created_at": (start + timedelta(milliseconds=number)).isoformat(),
            "url": f"https://x.com/user{author}/status/{10**17 + number}",
            "author": {
                "id": str(author),
                "handle": f"user{author}",
                "display_name": f"User {author}",
                "followers": pick.randrange(5000),
            },
        }


def _signed(number: int) -> str:
    """Four made-up names, other ones for each number."""
    pick = random.Random(number)
    return " ".join("".join(pick.choices(SYLLABLES, k=3)).capitalize() for _ in range(4))


def customers(count: int, seed: int = 2) -> Iterator[dict[str, str]]:
    """`count` rows of a customers file; each fourth has proved its account on X, each third has an imported handle."""
    pick = random.Random(seed)
    for number in range(count):
        yield {
            "customer_id": f"C{number:07}",
            "name": f"Customer {number}",
            "emails": f"customer{number}@example.com",
            "phones": f"+9198{number:08}",
            "handles": f"x:user{number}:import" if number % 3 == 0 else "",
            "account_ids": f"x:{number}" if number % 4 == 0 else "",
            "city": pick.choice(["Pune", "Izmir", "Leeds", "Delhi"]),
            "country": pick.choice(["IN", "TR", "GB"]),
            "company_domain": "",
            "order_ids": f"NW-{number:08}",
            "tier": pick.choices(["", "silver", "gold", "platinum"], [70, 20, 9, 1])[0],
            "lifetime_value": str(round(pick.expovariate(1 / 600))),
        }
