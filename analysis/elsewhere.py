"""Words of danger in languages that we cannot judge otherwise, so that their mentions still meet the floors.

Few and plain on purpose: what they miss goes to the review queue, where a person reads it. Spanish, Portuguese, French,
Italian, German, Dutch, Indonesian, Russian, Arabic, Urdu and Bengali. How a line is read: `analysis.cues`.
"""

ELSEWHERE = {
    "hazard_fire": """
        incendi*|explot*|explosion|chispas|quemado|ardiendo
        echa|echando|sale|hay ... humo
        humo ... de|por|del|en
        en llamas
        pegou|pegando fogo
        fumaça|explodiu|faiscas|derreteu|incendio
        pris|prend feu
        fumee|explose|etincelles|brule|fondu
        esploso|esplode|scintille|bruciato
        brennt|rauch|raucht|explodiert|feuer|funken|geschmolzen|verbrannt|qualmt
        ontploft|vonken
        terbakar|meledak|kebakaran
        пожар|дым|взорвал*|загорел*|искрит|горит|вздул*
        احترق|دخان|حريق|انفجر|انفجرت|شرارة
        آگ|دھواں|دھماکہ
        আগুন|ধোঁয়া|বিস্ফোরণ
        """,
    "hazard_shock": """
        descarga electrica
        choque eletrico|electrico
        decharge electrique
        scossa elettrica
        stromschlag|elektroschock
        kesetrum|tersetrum
        током
        صعقة|كهرباء
        """,
    "injury": """
        herido|herida|heridos|sangre|intoxicad*|ferido
        hopital|blesse|blessee|intoxication
        ospedale|ferito|ferita
        krankenhaus|verletzt|vergiftung
        ziekenhuis|gewond
        rumah sakit
        terluka|keracunan
        больниц*|ранен*|отравил*|травм*
        مستشفى|إصابة|جريح|تسمم
        ہسپتال|زخمی
        হাসপাতাল|আহত
        """,
    "fraud_or_takeover": """
        hackead*|hackearon|hackeo|fraude|robaron|robado|clonaron
        hackeada|invadida|golpe|roubaram|clonado
        pirate|piratee|fraude
        hackerato|hackerata|truffa|rubato
        gehackt|betrug|gestohlen
        diretas|dibobol|penipuan
        взломал*|взломан*|мошенник*|украли
        اختراق|مخترق|احتيال|سرقة|سرقوا
        ہیک|فراڈ
        হ্যাক|প্রতারণা
        """,
    "self_harm": """
        suizid|selbstmord|selbstmordgedanken
        matarme
        me tuer
        bunuh diri
        самоубийств*|покончить
        انتحار|خودکشی|আত্মহত্যা
        """,
    "violence_or_threat": """
        amenaz*|agredi*|golpeo|acoso
        ameac*|agress*
        menace*|agresse*|frappe
        minacc*|aggredit*
        bedroht|geschlagen|angegriffen
        угрож*|избил*|напал*
        تهديد|هدد|اعتداء|ضرب
        """,
}
