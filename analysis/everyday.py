# ruff: noqa: E501 - a cue is one line, however many ways there are to say it
"""The cues of ordinary business: what went wrong, what is asked, what is praised, and what makes a hit mean nothing.

How a line is read: `analysis.cues`. English first, then Hindi, Hindi in Latin letters, and Turkish.
"""

EVERYDAY = {
    # What went wrong, by the team that would own the next step -----------------------------------------------------
    "billing": """
        overcharg*|refund*|invoice*|billing|billed|chargeback|cashback|subscription|receipt
        charged|charge|charging|charges|debited|deducted ... me|my|twice|extra|wrong|for|card|account|us|double|full
        money back|deducted|debited|not|taken|gone
        my money
        wrong|extra|hidden amount|price|charge*|fee*|total|bill
        gift card|cards|voucher|vouchers
        promo|discount|coupon|voucher|code|price ... code|not|didnt|doesnt|wont|isnt|invalid|match|expired|missing|applied
        payment ... fail*|not|stuck|pending|declined|went|taken|twice|rejected|error
        price match|difference|drop|adjustment
        paid ... twice|but|extra|and|for
        wallet balance|money|credit
        late fee|fees
        रिफंड|बिल|चार्ज|भुगतान
        पैसे|पैसा|पेमेंट|रुपये|रुपए कट*|वापस|नहीं|काट*|लिए|लौट*
        refund*
        paise|paisa|payment|amount|rupees|rs ... kat*|wapas|vapas|nahi|return|laut*|deduct*|debit*|liye|fail|loot*|mil*
        bill galat|zyada|jyada
        iade* ... yatmadi|yapilmadi|gelmedi|para*|ucret*|bekliyorum|edilmedi|tutar*|yatma*
        para* iade*
        para*|ucret*|tutar* ... iade*|cekildi|cekti|yatmadi|kesildi|gitti|geri|alindi|cekilmis|gelmedi
        fatura*|kartimdan|tahsil*|odeme*|cekim*|fazla para
        kupon*|indirim kod*
        price|prices|priced|pricing|fee|fees|emi|instalment*|installment*|interest|discount|coupon*|gst|vat|tax|bill|bills|upi|charge|wallet
        fatura*|taksit*|ucret*|fiyat*|kupon*|indirim*|ekstre*
        बिल|फीस|ईएमआई|ब्याज|कीमत|दाम|कूपन|डिस्काउंट|काटा|काटे|चार्ज
        price|rate|fees|emi|coupon|discount|bill
        difference back
        """,
    "delivery": """
        deliver*|courier*|parcel*|shipment*|shipping|shipped|dispatch*|tracking|package*
        driver*|rider* ... never|late|left|didnt|cancel*|hasnt|lost|wrong
        order* ... late|delayed|missing|lost|arriv*|not|never|hasnt|where|cancel*|wrong|stuck|incomplete|still|didnt|isnt
        where is|are|s? my|the order|package|parcel|stuff|items|groceries|delivery
        wheres my
        missing|wrong item*|order|product|parts|groceries
        items|item ... missing
        never arrived|came|showed|received
        hasnt|havent|didnt|not|still ... arrive|arrived|come|came|received|receive|shown
        out for delivery
        डिलीवरी|पार्सल|कूरियर|ऑर्डर
        order|parcel|delivery|saman|samaan|courier ... nahi|nhi|nahin|late|kab|galat|abhi|cancel|gum|mila|aaya|aayi|missing|der|kidhar|kahan
        delivery|courier
        kab aayega|milega|aayegi|pahunchega
        kargo*|teslim*|teslimat*|kurye*|paket*|gonderi*
        siparis* ... gelmedi|gelmiyor|gec*|gecik*|eksik|yanlis|iptal|nerede|ulasmadi|hala|kayip|kargo*
        siparis*
        slot|doorstep|groceries|grocery|substitut*|buzzer|pickup|collection
        ordered ... got|received|came|arrived
        out for delivery
        box ... arrived|came|half|missing|order
        my|the order|basket
        left ... rain|neighbour|neighbor|gate|door|outside|bins|hedge
        delivered to|says|but|otherwise|.
        where|wheres ... my|order|parcel|package
        cake|flowers|balloons ... slot|for|not|late
        डिलीवरी|पार्सल|राइडर|स्लॉट
        rider|slot|pickup
        kapiya|kapida|apartman|adres*|dagitim*
        """,
    "product_quality": """
        broke|broken|crack*|damaged|defect*|faulty|torn|scratched|counterfeit|flimsy|rotten|expired|mouldy|moldy|spoiled|spoilt|stale|dented|shattered|refurbished|leaking
        warranty|replacement|quality|knockoff
        stopped|quit|not|isnt|doesnt|never|barely|wont|wasnt|didnt work*|charging|turn*|switch*|cooling|heating|start*|fit|match*|hold*
        dead on|after|within|already|pixel*|again
        screen|battery|speaker|button|zip|zipper|handle|lid|keyboard|hinge|motor ... broke*|crack*|dead|died|dies|drain*|fell|flicker*|stopped|doesnt|wont|not|loose|stuck|lasts
        died after|within|in
        past|beyond expiry|date|its|use|best
        fake product|item|brand|perfume|shoes|goods
        not as described|advertised|pictured
        poor|bad|cheap|terrible|low quality|build|material
        smells|tastes|tasted bad|off|weird|like|awful|sour|rotten|funny|strange
        mold|mould|maggots|worms|worm|insect|insects|bug|hair in|on|inside|all
        खराब|टूटा|टूटी|टूट|घटिया|नकली|एक्सपायर*|डिफेक्टिव|सड़ा|सड़ी|सड़े|क्वालिटी
        kharab|kharaab|toota|tuta|tooti|tuti|ghatiya|nakli|expire*|defective|duplicate|sada|sadi
        quality|product ... kharab|bekar|ghatiya|bekaar
        chal|kaam|on nahi|nhi|nahin rahi|raha|kar|ho
        bozuk|bozuldu|bozulmus|kirik|kirildi|kirilmis|catlak|hasarli|defolu|kusurlu|ayipli|curuk|kalitesiz|sahte|bayat|kuflu|ezik|yirtik|arizali|ariza|garanti*|eksik
        tarihi gecmis
        urun* ... calismiyor|bozul*|kirik|hasarli|kotu|eski|kullanilmis|farkli|yanlis
        <device>|vacuum|kettle|mug|jug|blender|dishwasher|soundbar|keyboard|screen|carafe|lid|zip|sleeve|jacket|shoes|avocado*|bread|milk|eggs|tomato*|flour|fruit|vegetables|rice|chicken|meat|lamp|shelf|drawer|wardrobe|mattress|chair|sofa|fan|toy|game|manual|wheel|filter|bag
        cracked|crack|cracks|dripping|drips|hums|humming|rattles|wobbly|flickers|pixels|mouldy|stale|soggy
        सब्जियां|सब्जियाँ|दही|आटे|आटा|कीड़े|टीवी|मशीन|फोन|मोबाइल|कूकर|चावल|दूध|फ्रिज|सामान|प्रोडक्ट
        fridge|tv|mixer|machine|phone|mobile|cooker|geyser|cooler|atta|sabzi|dahi|doodh|chawal
        supurge*|telefon*|kulaklik*|makine*|televizyon*|buzdolab*|ekran*|filtre*|domates*|ekmek*|meyve*|cihaz*
        """,
    "outage_technical": """
        app|site|website|server|servers|login|page|checkout|cart|portal|password|screen|website|update|feature|notification*|wifi|software|firmware|sync|search ... crash*|down|bug|buggy|glitch*|error|slow|freez*|frozen|lag*|load*|not|wont|cant|doesnt|broken|isnt|stuck|keeps|logs|hang*|fails|failed|blank|loop|spinning|unusable|unresponsive
        bug|bugs|buggy|glitch|glitchy|glitches|crashes|crashing|crashed
        cant|cannot|couldnt|unable to? log|login|sign|reset|update|checkout|access|connect|download|install|place|pay|pair|open|upload
        error code|message|when|page|every|while|at|on|#
        reset|verification|otp|confirmation password|code|email|link ... not|never|doesnt|isnt|wont
        otp|link ... not|never|doesnt|isnt|wont|nahi|gelmiyor
        outage
        dead|broken link
        ऐप|एप|साइट|सर्वर|लॉगिन|वेबसाइट ... नहीं|बंद|क्रैश|स्लो|डाउन|हैंग|एरर
        app|site|login|server|otp|website ... nahi|nhi|nahin|crash*|band|slow|hang|error|down|khul*|bug|atak*
        uygulama*|site*|sistem*|sunucu*|sifre*|giris|sepet*|app ... acilmiyor|calismiyor|hata*|cok*|yavas|giremiyor*|gelmiyor|donuyor|girilmiyor|kapan*|atiyor|sorun*|acilmadi|olmuyor
        hata veriyor|aliyorum|kodu
        app|site|website|checkout|login
        payment|checkout|search|login|sign page|screen|in|button
        tills|till|terminal|pos|card machine frozen|down|dead|offline|broken|machine
        spins|spinning|loading|processing|confirming|error|404|500|503|went
        something went wrong
        unsubscribe link
        logged|signed|kicked me? out
        app update|crash*|closes
        status page
        ऐप|एप|साइट|वेबसाइट|सर्वर
        app|site|website|server|login
        uygulama*|site*|sepet*|sayfa*|buton*|butonu
        odeme ekran*|sayfa*
        sunucu*|ekraninda
        panel|portal|dashboard|api|webhook|terminal|pos ... down|frozen|offline|broken|dead|stopped|stuck|error|not|wont|cant|band|hang|nahi|nhi|acilmiyor|calismiyor|donuk|cokt*
        पोर्टल|डैशबोर्ड|पैनल|मशीन ... बंद|ऑफलाइन|नहीं|हैंग
        panel*|portal* ... acilmiyor|calismiyor|donuk|donmus|coktu|susmus
        """,
    "privacy_security": """
        privacy|gdpr|ccpa
        delete|remove|erase|access|download|copy|export ... my|all personal? data|information|account|details
        my data|personal
        selling|sold|sharing|shared|sell|giving ... my data|number|email|details|info|information
        opt out
        unsubscribe ... still|times|keep|cant|asked|again
        spam|spamming|marketing emails|texts|calls|sms|me
        two factor|step
        security flaw|vulnerability|hole|concern
        kvkk|kisisel veri*|bilgi*
        verilerimi|bilgilerimi sil*|payla*
        """,
    "feedback": """
        store|branch|shop|outlet|cashier|queue|line|parking|staff|employee|employees|manager|customer service|support|team|agent|rep
        rude|unprofessional|unhelpful|disrespectful|attitude
        opening hours|times
        return policy
        stock|restock|available|availability|catalogue
        स्टोर|दुकान|स्टाफ|कर्मचारी|सर्विस|सेवा
        store|dukan|staff|service|behaviour|customer care
        magaza*|personel*|calisan*|sube*
        musteri hizmet*
        """,
    # How it is said ------------------------------------------------------------------------------------------------
    "failure": """
        not|isnt|doesnt|dont|wont|didnt|cant|couldnt|never|hasnt|havent|arent|cannot|nothing|wouldnt|wasnt|unable|refuses|failed|stopped|no|nobody|noone|quit|wont|keeps|still ... work|works|working|worked|arrive|arrived|deliver|delivered|load|loads|loading|open|opens|charge|charging|respond|responds|responding|responded|reply|replies|replied|replying|refund|refunded|connect|connecting|showed|received|receive|turn|turns|starting|help|helped|helping|helps|login|log|pay|update|updated|updating|scan|send|sent|match|matches|fit|sync|syncing|process|processed|credited|shipped|dispatched|cool|heat|resolve|resolved|fix|fixed|fixing|answer|answers|answering|answered|picked|pick|come|came|showing|solved|crashing|freezing|cancel|honor|honour|honored|issued|accept|accepting|recognise|recognize|bother|restart|restarting|failing|dropping|disconnecting|disconnects|show|called|turned|stay|print|pair|pairing
        no|zero|without|any|nil response|reply|answer|refund|sign|update|updates|help|one|solution|resolution|communication|explanation|apology|support|tracking|clue|hot|signal|service
        still no|not|waiting|havent|hasnt|nothing|broken|missing|pending|unresolved|down|hasnt|isnt|being|charging|stuck
        been|am|im|kept|left|keep|are|were|ive waiting|hold|ignored|trying|ghosted|lied|stuck
        waited|waiting|wait ... #|hours|hour|days|weeks|ages|forever|months|long|so|over|since
        on hold for|#
        broke|broken|cracked|damaged|defective|faulty|torn|shattered|spoiled|spoilt|expired|rotten|stale|mouldy|moldy|dented|scratched
        missing|wrong|incorrect item|items|order|product|size|colour|color|address|part|parts|amount|price|one|model|thing|parcel
        items|item|parts|half ... missing
        wrong|missing|incorrect
        late|delayed|overdue|lost|cancelled|canceled|stuck ... again|by|order|delivery|without|package|parcel|for|in|twice|my|since|me|refund|#
        late again
        is|was|are|were|arrived|came|been|delivered|delivery|running|always|got|hours|days|# late|delayed|lost|stuck|cancelled|canceled|damaged|melted|crushed|empty|open|opened|wet|cold|broken
        days|hours|weeks late
        crash|crashed|crashes|crashing|freezes|froze|glitch|glitchy|glitches|buggy|laggy|lagging|unresponsive|unusable
        refused|refuse|refusing|denied|rejected|declined ... refund|return|replace*|help|honour|honor|warranty|claim|me|my|to|payment|card|exchange
        overcharged|scammed|cheated|robbed|ripped|conned|misled|ghosted|lied|deceived
        charged|debited|billed|deducted ... twice|me|my|extra|for|wrong|double|without|full|#|but
        double charged|charge|billed
        died|dead|dies after|within|in|again|on|already
        stopped|quit working|charging|turning
        keeps|keep|kept crash*|freez*|disconnect*|dropping|failing|saying|logging|asking|cancel*|stopp*|restart*|drop*|break*|send*|giving|getting|showing|charging|ignor*|reboot*|dying
        drains|drained|draining|leaking|leaks|leaked|flickers|flickering
        supposed|promised|scheduled|expected to|arrive|delivery|deliver|by|yesterday|refund|for|it|me ... but|be|and|yesterday|still|never|now|#|days|last|today|monday
        where|wheres is|are|s? my|the refund|order|package|parcel|money|stuff|delivery|groceries
        out of order
        fell apart|off
        taking|took|takes forever|ages|weeks|too|so|hours|days|#
        not as described|advertised|promised|expected
        hung up
        no longer works|working
        left me|us|it|package|parcel ... stranded|rain|outside|without|waiting|hanging|hold
        half the|of|my ... missing|broken|order
        error|errors message|code|when|every|at|while|again|#|page|on
        fake|counterfeit product|products|item|items|shoes|perfume|one|brand
        never|didnt got|get|received|receive|ordered|asked|again
        logs|kicks|logged|kicked|signs me out
        doubled|increased|hiked|raised ... price|prices|fee|fees|my
        past|after|beyond ... expiry|use|best|sell by|date|before
        mold|mould|maggots|cockroach|worms|worm|hair in|on|inside
        disconnects|lags|malfunction*|misfire*
        blocks|blocked|suspended|locked|banned ... me|my|account|out
        नहीं|नही ... आया|आई|आयी|मिला|मिली|मिले|हुआ|हुई|कर|दे|दिया|चल|काम|रहा|रही|रहे|पहुंचा|खुल|लौटा|उठा|सुन|जवाब|वापस|हो|आते|आता|ले
        खराब|टूटा|टूटी|टूटे|टूट|गलत|देरी|देर|लेट|फंस*|डैमेज|एक्सपायर|घटिया|गायब|अटका|धोखा
        अभी|अब तक
        कोई जवाब|सुनवाई|मदद|रिप्लाई|समाधान
        बंद पड़ा|हो|है|पड़ी|कर
        परेशान|इंतजार|इंतज़ार
        nahi|nhi|nahin|ni|nai ... aaya|aayi|aya|ayi|mila|mili|mile|hua|hui|kar|de|diya|chal|kaam|raha|rahi|rahe|rha|rhi|pahunch*|khul*|laut*|utha*|sun*|reply|wapas|vapas|ho|aa|le|work*|deliver*|receive*|response|hota|aata|milta|milti|milra|horaha|karte|karta|dete|deta|kiya|kia|aaye
        kharab|kharaab|toota|tuta|tooti|tuti|galat|atka|atki|damage*|expire*|ghatiya|gayab|dhokha|dhoka|loot
        abhi|ab tak
        late|der ho|hai|kar|se|hua
        koi reply|response|jawab|jawaab|sunwai|help|solution
        pareshan|intezar|intezaar|intazar
        band ho|hai|pada|padi|kar
        wait kar|karte|karke
        gelmedi|gelmiyor|calismiyor|bozuk|bozuldu|bozulmus|kirik|kirildi|eksik|yanlis|gecikti|gecikiyor|gecikme|acilmiyor|yatmadi|yapilmadi|edilmedi|alamiyorum|alamadim|alamadik|ulasamiyorum|ulasamadim|ulasilmiyor|yapmiyor*|vermiyor*|vermedi*|kayip|kusurlu|ayipli|cokuyor|coktu|donuyor|kayboldu|ulasmadi|acilmadi|calismadi|olmuyor|olmadi|edilmiyor|edemiyorum|edemedim|giremiyorum|donmuyor*|dinlemiyor*|bakmiyor*|cikmadi|cikmiyor|gondermedi*|gondermiyor*|hasarli|arizali|magdur*|gelmemis|bekliyorum|bekliyoruz|bekletiyor*|oyaliyor*|kapaniyor|atiyor|yazmiyor|acmiyor*|degistirmiyor*
        hala gelmedi|bekliyorum|yok|calismiyor|ayni|cozulmedi|cevap|donus
        cevap|donus|yanit|ilgilenen|muhatap|ses|haber|cozum yok|vermiyor*|alamadim|alamiyorum|yapmadi*|yapilmadi|verilmedi|yapan|vermedi*
        iptal edildi|ettiler|ettiniz|etmis*|olmus
        fazla|iki para|kez|cekildi|cekilmis
        sahte|kullanilmis|bayat|curuk|kalitesiz urun*|cikti|geldi
        gec geldi|kaldi|teslim
        ordered ... got|received|arrived|came|sent
        meant|supposed|due|scheduled|expected|promised|was to|by|yesterday|on|for|this|last|between|at ... its|now|still|yet|nothing|but|and|today|friday|hours|tomorrow
        says|say|said|claims|shows|showing|marked|told|tells delivered|solved|resolved|inactive|invalid|operational|available|out|open|free|in ... but|says|otherwise|isnt|not|yet|nothing|without|when|lol|empty|nobody
        marked|mark|closed ... solved|resolved|delivered|closed without
        hasnt|havent|hasnt moved|changed|updated|left|budged
        spins|spinning|frozen|hangs|hanging
blank|black screen|page
error 404|500|503|502|#
        goes|leads|redirects to a|the 404|blank|error|dead|wrong
        humming|rattles|rattling|wobbles|squeaks|buzzing|hums|noisy|loud|leaky|cracks|cracking
        dead pixels|pixel|on|line|again|already|since|after|within
        returns|shows|gives|found|brings nothing|none|wrong|zero|blank
        no one|body|where|trace|breakdown|explanation|human|replacement|idea|way|record|parts|stock ... to|in|at|is|why|of|for|here|answers|answered|came|,|.
        came|arrived|turned|showed up|through|in|with|without|half|short|open|dented|warm|crushed|smashed|late|two|three|wet
        short|missing by|#|one|two|half|items
        instead of
        left|threw|thrown|dumped|dropped|tossed|hid ... parcel|package|gate|hedge|neighbour|neighbor|rain|bins|bin|street|wall|outside|door|somewhere|wet
        queue|line|waiting ... only|tills|till|hour|minutes|door|open|long|forever
        closed|shut for|since|again|without|early
        took|takes|taking # hours|days|minutes|weeks|tries|attempts
        # minutes|min|mins|hours|hour|days|weeks on|in|of|late|and|waiting|queue|hold|without|since
        disappeared|vanished|gone|evaporated
        fell|came|come|coming|comes apart|off|loose|undone
        does not|nothing|less|little|nought
        didnt|doesnt|never|not even|do|bother|once|fit|turn|open|ring|knock|show|arrive|last
        forgets|forgot|loses|lost|ate|eats|swallowed|skips|resets|reverts|fails|failing my|the|who|our|it|about|every|again
        another|second|third|fourth|fifth replacement|drawer|unit|one|time|failure|attempt|engineer|visit|delivery|missed|faulty
        cant|couldnt|cannot|unable|wont|doesnt|wouldnt|didnt ... find|leave|see|use|add|apply|redeem|activate|book|speak|talk|reach|hear|return|claim|remove|edit|change|submit|track|print|view|play|download|install|reorder|rate|review
        keeps|keep|kept|just|always|constantly ... spinning|spins|loading|saying|asking|losing|turning|cutting|looping|says
        gone|went off|bad|sour|mouldy|missing|wrong|cold
        overripe|rotten|rock|soggy|wilted|bruised|unripe|frozen|thawed|inedible|crushed
        moldy|mouldy|stale|sour|squashed
        works|worked for ... then|hour|days|weeks|forgets|stops
        bhool|bhul jate|jata|gaye|gaya
        gaayab|gayab|khatam
        sirf music|wait|hold|bahana|bahane
        hold pe|par
        mujhe galat|purana|doosra|tuta
        aadha|aadhi|adha saman|samaan|order|items
        galat|purana|doosra saman|samaan|item|size|product|order|address|bill
        मुरझाई|फटा|फटी|सड़ा|सड़े|आधा|आधी|पुराना|पुरानी|अधूरा|काटा|काटे|कटे|टूटी|गायब|ज्यादा
        अपने आप बंद|चालू
        बंद होने|थे|थी|था|है|हैं|रहता|हो
        आवाज ... आती|आ|बहुत
        कतार|लाइन ... में|लोग
        इंतजार|इंतज़ार
        yok|yarisi|eksik ... faturasi|gelmis|yarisi|.|,
        cizik|cizikle|cizilmis|acilmis|ezilmis|dokulmus|islak|kullanilmis
        takilip|takiliyor|donup|kapanip kaliyor|kalmis|kaldi
        siyah|beyaz|bos ekran*
        dakika|dakikadir|saat|saattir|saatlerdir|gundur|haftadir ... bekle*|muzik|hatta|dinledim|kaldi|bekletil*|mesgul|ugras*
        kapiya|apartman|komsuya|guvenlige|yanlis ... birak*
        ugrastim|ugrasiyorum|ugrastik
        iptal edil*
        hatasi|hata|hatali
        already|is|are|came|getting loose|wobbly|bent|warped|peeling|fading|faded|fraying|frayed
        skipped|missed my|our|the|delivery|appointment|slot|again
        never showed|turned|came up|through
        nahi ho|kar|chal pa
        खुला|खुली|कम|अटका|अटकी|रुका ... मिला|मिली|था|थी|थीं|है|हुआ
        su|yag akitiyor|sizdiriyor|damlatiyor
        akitiyor|sizdiriyor|damlatiyor
        wanted|asked ... got|sent|came|received
        मंगा*|मंगाई|मांगी|चाहिए ... भेज*|निकला|निकली
        manga*|mangay*|chahiye tha|thi|the|tha ... bhej*|nikla|nikli|aa gaye
        istedim|istemistim|ismarladim ... geldi|cikti|yolla*|gonder*
        """,
    "demand": """
        fix|sort|resolve|solve this|it|my|your|that|the ... ?|.|,|now|asap|out|please|immediately|app|site|issue|problem
        refund me|my|us|now|immediately
        want|need|give|send|demand|expect|return|get ... my|a money|refund|back|replacement|answer|answers|explanation|compensation|resolution
        i demand|deserve
        explain yourselves|why|this
        get your act|together
        do|does|is something|anybody|anyone ... care|about
        answer|check|reply|respond your|to|my dm|dms|phone|phones|emails|me|messages|inbox
        wake up
        someone|please|pls|plz ... help|respond|look|contact|call|check|reply|assist|resolve|fix
        पैसे|रिफंड वापस|दो|चाहिए
        समाधान|जवाब|मदद करो|दो|कीजिए|करें|दीजिए|चाहिए
        paise|refund|paisa wapas|vapas|do|chahiye|dedo|karo
        jaldi|fix|solve|resolve|reply|help|jawab|check karo|kro|kijiye|karein|kare|do|dijiye
        cozun|cozum|duzeltin|ilgilenin|yardim|donus|aciklama|paramı|parami|iade ... bekliyorum|istiyorum|edin|yapin|lutfen|verin
        artik|lutfen cozun|duzeltin|donus|yardim|ilgilenin|bir
        tell|want|need|like|know ... why|name|human|apology|breakdown|explanation|someone|person|supervisor
        human|real person please|now|.
        what|when|how are|is you|the|going to|plan
        kuch to? karo|kijiye|kro
        jawab do|dijiye|chahiye
        जवाब दो|दीजिए|चाहिए
        ठीक कर|करें|कीजिए|करवा*
        """,
    "grumble": """
        worst|terrible|horrible|awful|pathetic|useless|disgusting|disgrace|disgraceful|appalling|atrocious|shambles|joke|ridiculous|unacceptable|shocking|shameful|shame|garbage|trash|rubbish|incompetent|abysmal|dreadful|nightmare|frustrating|frustrated|infuriating|disappointed|disappointing|furious|livid|angry|outrageous|scam|fraud|scammers|thieves|cheats|liars|crooks|clowns|dishonest|deceptive|misleading|sucks|sucked|lousy|crap|shit|shitty|bullshit|joke|fuming|ripoff|unreliable|avoid|regret|horrendous|disaster|diabolical|daylight|disgusted|unimpressed|subpar
        rip off
        waste of|my
        fed up
        sick of|and
        beyond|so|very|really|extremely|deeply disappointed|frustrated|annoyed|angry|upset|rude|unhappy|poor|frustrating
        poor|bad|zero|no|lack|awful customer? service|support|experience|quality|communication
        rude|unhelpful|unprofessional|dismissive
        घटिया|बकवास|बेकार|बेहद|शर्मनाक|निराश|धोखा|धोखेबाज|चोर|लुटेरे|वाहियात|बदतर|गुस्सा|दुखी|शर्म|लूट|फालतू|निकम्मे
        सबसे बेकार|खराब|घटिया
        bakwas|bakwaas|bekar|bekaar|ghatiya|ghatia|wahiyat|chor|lutere|loot|sharam|sharm|dhokha|dhokebaaz|pathetic|faltu|nikamme|nikamma|third class|fraud|bewakoof|chutiya|bkwas|gussa|kachra
        dimag|dimaag kharab
        rezalet|berbat|skandal|kotu|yazik|ayip|sacmalik|saygisiz*|ilgisiz*|sorumsuz*|rezil*|pisman*|dolandirici*|sahtekar*|hirsiz*|vasat|felaket|lanet|igrenc|biktim|biktik|yeter|utanin|utanmaz*|magdur*|sikayet*|guvenmeyin|kalitesiz|pismanim|alakasiz|guvenilmez
        hayal kirikligi*
        """,
    "mild_grumble": """
        annoying|annoyed|meh|ugh|ugly|boring|confusing|overpriced|expensive|pricey|clunky|weird|disappointing|underwhelming|mediocre|overrated|slow|hate|hated|dislike
        not impressed|great|good|happy|worth|fan|ideal|cool|ok|okay|fair
        could be better
        महंगा|महंगी|अजीब
        mehnga|mehenga|mahanga|ajeeb|slow
        pahali|yavas|sinir|sikici|garip
        """,
    "sarcasm": """
        thanks|thank for|you nothing|for ruining|wasting|the broken|making|losing|breaking|charging
        thanks|thank for ... broken|late|nothing|waiting|ruin*|cold|wrong|empty|cancel*|losing|spoiled|crash*
        great|good|nice|excellent|brilliant|amazing|fantastic|well|lovely|bravo|wonderful|awesome|slow|superb job|work|done|one|service|stuff|move|clap ... not|late|again|🙄|👏|🙃|lost|wrong|broken
        love|loving|lovely|love how|when|that|it|waiting|paying|being|getting ... when|my|you|never|for|#|late|wrong|still|crash*|nothing
        just|absolutely|so what|lovely|great|perfect|brilliant|wonderful ... i|.|when|my|another
        oh|wow|ah|yeah great|lovely|brilliant|sure|wonderful|fantastic|perfect|nice|thanks|another|joy|right|good|so
        bravo|kudos|congratulations|congrats|hats|applause|slow ... brand|on|off|to|for ... losing|late|breaking|ruin*|wrong|another|fail*|worst|lost|broken|taking|making|delay*
        slow clap
        because who|that|nothing|obviously needs|says|wants
        apparently|clearly|obviously ... is|means|too|optional|not|think*|you|cant
        yeah right
        🙄|🙃
        वाह|शाबाश|बहुत खूब|बढ़िया|अच्छे ... नहीं|लेट|खराब|टूटा|दिन
        waah|wah|shabash|badhiya|kya ... service|baat|seva|brand ... nahi|late|kharab|din|hai|tuta|toota
        bravo|tebrikler|helal|aferin|harika|supersiniz|tesekkurler|sagolun ... brand|size|gun*|gelmedi|bozuk|hala|gec*|hafta*|eksik|kirik|yok
        congratulations|congrats|kudos|props|hats|bravo to|on|off ... brand|you|for|delivering|losing|on|the
        big|huge fan of ... when|how|where|closes|crash*|new|feature
        so helpful|kind|nice|good|thoughtful|generous of brand|you|them|the
        #|ten out of|at ten|relocating|losing|finding
        literally|imagine|apparently|somehow
        love|loving how|that|it|the
        personal best|record
        waah|wah|vah ... waah|wah|brand|kya
        वाह|शाबाश ... वाह|brand|नॉर्थविंड|क्या
        🙃|🤡|🫠
        helal|bravo|tebrikler|supersiniz|harikasiniz
        dead|broke|broken|gone|late|wrong|lost|black|melted ... bravo|congrats|congratulations|clap|kudos|applause
        बंद|टूट*|खराब|गलत|काली|गया|नहीं ... शाबाश|वाह|बधाई|तालियां
        band|kharab|toot*|tut*|galat|late|kaali|gaya ... shabash|waah|badhai|taaliyan|👏
        bitti|bozuldu|oldu|gitti|gelmedi|cikti|kirildi|simsiyah|iz|yandi ... bravo|tebrikler|helal|aferin|tesekkurler|👏
        bravo|tebrikler|alkis|harika|supersiniz ... bitti|bozuldu|oldu|gitti|gelmedi|cikti|kirildi|simsiyah
        """,
    "praise": """
        love|loved|loving|adore ... brand|this|my|the|it|your|their|these
        great|excellent|amazing|fantastic|awesome|brilliant|wonderful|superb|outstanding|perfect|exceptional|incredible|fabulous|stellar|best|good|impressive|quick|fast|lovely service|experience|support|quality|product|app|staff|team|customer|job|delivery|store|work|value|deal|purchase|phone|brand|response|help|people|company|update
        thank|thanks|thankyou|kudos|props|shoutout|cheers|grateful|appreciate|applause ... brand|you|your|team|for|to|help*|quick|the|guys
        shout out to|brand
        happy|impressed|pleased|satisfied|delighted|thrilled|glad|chuffed with|customer|by|to|that|i|about
        highly recommend|recommended
        works|working|worked|arrived perfectly|great|flawlessly|like|well|early|brilliantly|ahead
        best|favourite|favorite ... ever|brand|shop|store|app|purchase|service|i
        well done
        five|5 stars|star
        so|very|super|really|pretty good|happy|impressed|helpful|kind|friendly|easy|fast|polite
        went|going above
        made my day
        saved my|me|the|our
        never disappoint*|had|fails
        ❤|😍|🥰|💯|🙌
        बढ़िया|शानदार|बेहतरीन|धन्यवाद|शुक्रिया|लाजवाब|जबरदस्त|कमाल|मज़ा|मजा|खुश
        बहुत अच्छा|अच्छी|अच्छे|खूब|बढ़िया
        badhiya|badiya|shandar|shaandar|behtareen|behtarin|dhanyavad|dhanyawad|shukriya|lajawab|zabardast|jabardast|kamaal|kamal|mast|majedar|khush
        bahut|bohot|bht|boht acha|accha|achha|acchi|achi|achhi|badhiya|badiya|mast
        paisa vasool|wasool
        tesekkur*|harika*|mukemmel*|super*|bayildim|begendim|memnun*|sagol*|muhtesem*|muthis|kaliteli|hizli geldi|kargo
        cok iyi|guzel|begendim|memnun*|hizli|basarili|seviyorum|tesekkur*
        tavsiye ederim
        elinize saglik
        stupidly|ridiculously|insanely|so|really|surprisingly|unreasonably good|tasty|delicious|nice
        still like|love|going|enjoy
        outlived|saved|rescued
        कुकर|फोन|सामान|सर्विस|खाना ... तारीफ|बढ़िया|मस्त|अच्छा
        तारीफ
        diwali|party|din bacha li|diya|di
        ilac gibi
        tesekkurler|emegi|helal|eline|elinize gecenlere|saglik|olsun|.|,
        arkadasa|ekibe|hanima|beye|herkese tesekkur*
        """,
    "question": """
        ?
        how|what|when|where|which|who|can|could|do|does|is|are|will|would|has|should i|do|you|does|is|the|it|there|to|anyone|brand|your|are|this|my|much|long|can|time|of|a|any
        anyone|anybody|does|wondering|curious know|if|how|whether|tried|used|have|else
        क्या|कैसे|कब|कहां|कहाँ|कितना|कितने|कौन|क्यों
        kya|kaise|kab|kahan|kitna|kitne|kitni|kaun|kidhar|kyu|kyun|kyon|konsa
        nasil|nerede|ne|kac|hangi|neden|niye|kim zaman|kadar|tl|gun
        misiniz|musunuz|miyim|muyum|midir|mudur ?|.
        var mi|mi
        """,
    "answerable": """
        ?
        how do|can|to|long|much|does|is|would|should
        can|could|will|would|do|does|is|are you|i|brand|this|the|it|there|we|your|my
        when will|is|does|are|do
        where|which|what is|are|can|do|does|time|s|model|size|store
        anyone know
        क्या|कैसे|कब|कहां|कहाँ|कितना|कितने
        kya|kaise|kab|kahan|kitna|kitne|kitni|kidhar
        nasil|nerede|kac|hangi
        ne zaman|kadar
        var|mi|mu|misiniz|musunuz mi|mu|?
        why are|is|do|does|did|was|were|cant|wont
        """,
    "rhetorical": """
        who needs|cares|wants|doesnt|knew|would
        why bother|would|does|is|are|do|am|am|not
        how hard|is|can|dare|difficult|come|many|about
        really|seriously|right|lol|lmao|huh|eh|amirite|remember ?
        what|wtf the|a|is|happened ... hell|fuck|heck|joke|shame|day|time|wrong|to
        guess what|who
        isnt it|that|this
        kime diyorum
        """,
    "request": """
        please|pls|plz|kindly ... help|send|cancel|change|update|call|contact|check|add|tell|confirm|share|arrange|resend|remove|delete|dm|advise|assist|look|provide
        can|could|would you please|help|send|tell|cancel|change|add|check|resend|call
        need|want|would to|help|like ... cancel|change|return|exchange|delete|update|speak|track|help|with
        help me
        कृपया|मदद
        kripya|please|plz|pls ... karo|kijiye|bata*|help|do|karein|dijiye
        lutfen|rica
        """,
    "suggestion": """
        should|could|please|would|wish|hope|suggest|suggestion|idea|request|might you|brand|they|be|to|that|there|consider|for|we|nice|love|great ... add|bring|have|make|include|offer|consider|open|allow|introduce|let|start|stock|sell|support|get|feature|option|if|see
        feature request|idea
        dark mode
        would be nice|great|cool|good|awesome|lovely|better|helpful|amazing
        please|pls add|bring|make|consider|launch|open|introduce|restock|include
        it would|be ... if|to
        suggestion|idea|tip for|:|to|brand
        wish|hope you|brand|they|there|it|the|had|would|could
        consider adding|making|offering
        सुझाव|होना चाहिए
        चाहिए कि
        suggestion|sujhav|hona chahiye
        feature|option|dark add|hona|mode|chahiye
        keske|olsa|onerim|oneri|eklenmeli|eklerseniz|ekleyin|gelsin|olmali|eklense|getirin|ozelligi
        cok|daha iyi|guzel olur|olurdu
        option|feature|mode|language ... daal|add|hona|do|chahiye
        they|someone should ... make|build|open|sell|bring
        """,
    "lead": """
        looking|want|wanting|planning|thinking|interested|need|hoping|ready|wish|trying|considering to|in|of|a|for ... buy|buying|purchase|purchasing|upgrade|upgrading|get|order|ordering|quote|switch|switching|pricing|demo|recommend*
        buy|purchase|order|need|want|looking ... #|bulk|units|dozens|laptops|office ... units|laptops|pcs|pieces|team|office|employees|company|quote|licenses|phones|tablets|seats|for
        bulk order|orders|discount|pricing|purchase|buy|quote
        quote for|on
        do|does|are you|brand|yall|they sell|have|stock|carry|ship|offer|deliver|take|accept|price|do
        is|are|when ... available|stock|restock*|sale|delivery|restocking ... ?|in|to|.|again|back
        how much|does is|are|for|does|the|it|would ... cost|?|price
        price of|for|?
        whats|what is|s? the? price|cost|best
        which|what|recommend|should ... buy|get|laptop|phone|tv|tablet|headphones|model|plan|best|better
        demo|trial|sales|reseller|wholesale|distributor|partnership|franchise ... team|contact|for|please|rep|inquiry|enquiry|of|?|account|call
        student|business|military|senior|corporate|nhs discount|plan|account|pricing
        anyone|anybody recommend|suggest|selling
        shut up and take
        खरीदना|कीमत|दाम|रेट|खरीदने
        kharidna|khareedna|lena|price|keemat|kimat|rate|daam ... hai|kya|chahta|chahiye|batao|?|chahte|kitna
        bulk mein|order|me|quote
        fiyat|fiyati|fiyatlari|satin|almak|alacag*|toplu|kampanya*|stok*|teklif ... nedir|ne|almak|istiyor*|var|alim|kac|kadar|dusun*|?|mi|siparis|alabilir|rica
        alirim|almayi dusunuyor*
        interested in|for your|the|bulk|business|buying|trade|plan
        business|trade|corporate|bulk|kurumsal|toplu plan|desk|account|gifting|alim|pricing|orders|purchase
        about|around|over|all # ... chairs|monitors|flats|units|laptops|fridges|tablets|hampers|people|staff|seats
        # flats|units|hampers|tablets|chairs|monitors|fridges|adet|pcs ... need|by|for|chahiye|company|school|office|kahve|dusun*|iste*
        # hampers|units|pieces|adet|टैबलेट|tablets|laptop|laptops ... chahiye|चाहिए|lazim|istiyor*|dusun*
        थोक|संस्था ... भाव|रेट|चाहिए|टैबलेट
        kurumsal|toplu alim|siparis|satis
        """,
    "news": """
        announces|announced|unveils|launches|reports|reported|acquires|acquired|quarterly|earnings|revenue|shares|stock|investors|ipo|ceo|merger|layoffs|expansion
        according to
        press release
        breaking|exclusive|report|news|update brand|.|as|in
        to open|launch|acquire|cut|invest|hire ... stores|new|jobs|in
        खबर|घोषणा|शेयर
        acikladi|duyurdu|hisse*|ceyrek|borsa
        """,
    "severity": """
        emergency|urgent|urgently|dangerous|unsafe|stranded|desperate|desperately|devastated|critical|hazardous|terrified|distress|distraught|sos
        life threatening|threat
        please help
        ruined|destroyed my|our|her|his|the
        at risk
        in tears|danger|pain|agony
        immediate|immediately|asap
        इमरजेंसी|तुरंत|खतरनाक|जान|खतरा
        emergency|turant|khatarnak|khatra|khatarnaak
        acil|acilen|tehlikeli|tehlike|hayati|caresiz*|imdat
        """,
    # What takes the alarm away -------------------------------------------------------------------------------------
    "resolved": """
        resolved|sorted|fixed ... now|thanks|thank|it|quickly|finally|issue|my|in|within|,|.|by|and|today|same|great|❤|👍|🙏
        update|edit|eta now|,|.|its|they|all|sorted|resolved|fixed|got|been ... sorted|resolved|fixed|refunded|received|arrived|replaced|working|works|solved
        all sorted|resolved|good|fixed|fine|working now|again|thanks|,|.
        got|received|gotten ... my|the|a refund|replacement|parcel|package|order|money ... thanks|thank|today|now|finally|quickly|within|same|.
        thanks|thank ... for ... fixing|sorting|resolving|refunding|replacing|refund|replacement|solving|quick|helping|swift|fast
        was|were|got|been|is|has|have|theyve quickly|finally|now|already|since|all|been? resolved|sorted|fixed|replaced|refunded|solved
        they|brand|team|you|support quickly|already|immediately|promptly|finally? refunded|replaced|fixed|sorted|resolved|solved|apologised|apologized
        works|working fine|now|again|perfectly
        no longer an|a|having
        problem|issue|issues ... solved|resolved|fixed|gone|sorted
        is|are|back back|up|online|running up|online|now|again|to
        हल|ठीक हो गया|गई|गयी
        मिल|वापस|आ गया|गई|गए ... धन्यवाद|शुक्रिया|रिफंड
        theek|thik|solve|resolve|fix|sahi ho gaya|gayi|gya|hogaya
        solve|resolve|fix|theek hogaya|hogya|kar diya
        refund|paise|order mil|aa gaya|gaye|gya ... thanks|thank|shukriya|dhanyavad
        cozuldu|halledildi|halloldu|duzeldi|halletti*|cozdu*|halloldu|duzelttiler
        iade|para* yatti|geldi|yapildi ... tesekkur*
        found it|the|my ... parcel|package|order|behind|under
        hal edildi|oldu
        handled|sorted
        replaced|swapped|exchanged ... top|brilliant*|lovely|fantastic|loyal|gold|superb people|service|team|ever|star|since|lot|.
        dealt|handled with it|that|this? ... brilliantly|quickly|superbly|perfectly|beautifully
        बदल दिया|दी|दिए ... बढ़िया|अच्छे|खुश|धन्यवाद|कमाल|ग्राहक
        badal diya|di|diye ... badhiya|acche|achhe|khush|thanks|shukriya|customer
        ab koi dikkat|problem|shikayat nahi|nhi|nahin
        अब कोई दिक्कत|शिकायत|परेशानी नहीं|नही
        yenisini verdiler|yolladilar|gonderdiler|getirdiler
        degistirdiler|degistirip ... helal|tesekkur*|memnun*|harika|musteri*
        baat|kissa|chapter|mamla|maamla|matter wahi|wahin|yahi? khatam|khatm|close|closed|sulajh|suljha
        बात|किस्सा|मामला वहीं|यहीं? खत्म|ख़त्म|सुलझ|निपट
        konu|mesele|dosya kapandi|cozuldu|bitti ... tesekkur*|sag|eyvallah|helal
        konu|mesele|dosya kapansin
        tatliya bagla*
        ab sab|sb|sab kuch? sahi|theek|thik|thk|badhiya|set|ok|mast
        sab|sb sahi|theek|thik ho gaya|gya|hai ab
        अब सब|सबकुछ|सब कुछ? ठीक|सही|बढ़िया
        simdi|artik her sey|hersey|sorun yolunda|tamam|kalmadi|yok
        her sey yolunda
        """,
    "retracted": """
        never|nvm mind
        nevermind|nvm
        my bad|mistake|fault
        my own fault|mistake|stupidity
        turns|turned out ... my|i|was|fine|it|nothing|wrong|mistake|fault|just|only|not|false|fake|hoax
        i was|am wrong|mistaken
        i take|took it|that back
        ignore|disregard|scratch my|that|this|last|previous|earlier ... tweet|post|message|complaint|.|,
        false alarm
        apologies|sorry|apologise|apologize ... my|for|i ... mistake|confusion|misread|wrong|fault|misunderstood|earlier|mixup
        user error
        i misread|misunderstood|forgot|mixed
        correction
        गलती मेरी|मेरी थी
        मेरी गलती
        meri galti
        galti|galati meri
        rehne do
        benim|kendi hatam|hatammis|hatamdi|sucum
        yanlis anlamisim|gormusum|alarm|bakmisim|hatirlamisim
        sorun bende|bendeymis
        गलत देखा|पढ़ा|समझा|समझ
        galat|galti dekha|padha|padh|samjha|samajh
        yanlis okumusum|gormusum|gordum|okudum|anlamisim
        misremembered
        scrap|forget|ignore what|that|my|everything ... said|earlier|last|rant
        जो कहा|लिखा था भूल|वापस
        jo bola|kaha|likha tha bhool|bhul|wapas
        pehle|pichla|pichli|purana|purani|pichhla|pichhli wala|wali|ka|ki? tweet|post|msg|message|baat|gussa ... ignore|bhool|bhul|chhodo|chodo|hata
        tweet|post|msg|message|rant ignore karo|kardo|karna|kijiye
        tweet|post|msg|message|rant delete|hata kar? raha|rahi|rha|di|diya|deta|deti h|hu|hun|hoon|maine|,|.
        पहले|पिछली|पिछला|पुरानी|पुराना वाली|वाला|का|की? पोस्ट|ट्वीट|बात|गुस्सा|ग़ुस्सा ... भूल|अनदेखी|अनदेखा|हटा|ध्यान
        onceki|eski|dunku|az onceki tweet*|gonderi*|yazi*|mesaj*|bagirmami ... bos|dikkate|unut*|saymayin|siliyorum
        dedigimi|yazdigimi|tweetimi ... unutun|dikkate|bos
        pinch|grain of salt
        pub talk|gossip
        no idea if|whether its|thats|it|that true
        could|might|may|probably be? rubbish|nonsense|bollocks
        urban legend|myth
        nothing to do with brand
        smell|noise|smoke|burning ... was|is my own
        सच है या नहीं|नही|झूठ|अफवाह
        पता नहीं|नही सच है
        पता नहीं|नही कितना सच|सही
        गप|गप्प
        sach pata nahi|nhi|nahin
        pata nahi|nhi|nahin kitna sach|sahi
        pata nahi|nhi|nahin sach hai|h
        sach hai ya|jhooth|nahi|nhi
        gap|gapp|gappe hai|h|lagti|lagta
        fake lagta|lagti hai|h
        sorry|apologies for ... fuss|alarm|panic|scare|drama|noise|bother
        update|correction|turns ... it was|were my|our|next|neighbours|neighbors
        is|are|was|were innocent|blameless
        asli var mi
        ne kadar dogru
        dogru mu bilm*
        soylenti|soylentidir
        gunahi boynuna
        patlamis|yanmis|carpmis|zehirlenmis|tutusmus|erimis|sismis|patliyormus|yaniyormus|carpiyormus diyorlar|deniyor|soyleniyor|diye
        """,
    "hearsay": """
        i heard|hear|read that|about|some|people|the|of|they|a|brand|on|somewhere|somebody|someone
        heard|hearing from|that|rumours|rumors|stories|about|people|someone|some|brand
        someone|somebody|people|friend|guy|colleague|coworker|neighbor|neighbour|reddit|some|rumour|rumor|rumors|rumours told|said|say|says|claim|claims|saying|claiming|has|have ... me|that|brand|it|their|his|her|the|you
        apparently|supposedly|allegedly|rumour|rumor|rumours|rumors
        saw|seen|read a|some|somewhere|on|an|people|that|this|stories|reports|other|someones ... post|tweet|reddit|thread|comment|people|video|article|story|reports|saying|online|about|that
        is|are it|the|this|that|rumours|rumors true
        word is|on
        friend|cousin|coworker|colleague|neighbour|neighbor of|s ... friend|mine|his|her|cousin|told
        सुना|सुनने है|था|में|कि
        suna|suni|sunne|suno hai|tha|ki|me|mein|h
        kisi|log|dost ne|bol|kehte bataya|rahe|hain|bola
        duydum|duyduguma|duymustum|diyorlar|soyleniyor|soylentiler|iddia|gore|okudum|guya|sozde|rivayete
        reckons|reckon|swears that? brand|someones|somebodys|his|her|their|a|one
        कोई ... कह|बोल|बता रहा|रही|रहे
        अफवाह
        koi ... keh|bol|bata raha|rahi|rha
        afwah|afvah|afwaah
        soylenti
        लोग कह*|बोल* हैं|है|रहे
        किसी ने लिखा|कहा|बताया|बोला था|है|कि
        kisi|dost|padosi ne likha|bola|bataya|kaha tha|hai|h|ki
        dost|padosi|rishtedar bolta|bolte|kehta|kehte|kahta hai|h|hain|tha|the
        ghoom|ghum|chal raha|rahi hai|h? ki|k
        bir arkadas|tanidik|komsu ... dedi|diyor
        """,
    "competitor": """
        unlike|not brand
        wish|if ... was|were|had like|as brand
        should have|shouldve|i've|couldve gone|bought|ordered|used|stuck|got|stayed ... brand
        shouldve|should gone|bought|ordered|stuck|have ... brand
        brand se lena|leta|leti|order tha|chahiye|karna
        brand vs|versus|or
        vs|versus brand
        not you|at|with|from|yours ... brand|but|fault|it
        not you lot|guys|folks|.|!
        tumhe|tumko|tumhein|aapko|aap ... nahi|nahin|nhi ... bol|keh|bola raha|rahi|rha
        तुम्हें|आपको ... नहीं|नही ... बोल|कह रहा|रही
        sozum|lafim size|sana ... degil
        not brand but|fault|s
        not|wasnt brand , it|that was|is
        switched|switching|moved|moving|jumped|changed|came|ran over? to brand
        switched|moved|came from ... to brand
        glad|thankful|happy|relieved ... i ... switched|chose|moved|picked|bought ... brand
        thank god|goodness|heavens for|i ... brand
        brand would|could|is|are|has|does never|so|way|much|better|always|isnt|doesnt ... better|happened|done|do|this|faster|happen
        """,
    "other_company": """
        amazon|flipkart|walmart|bestbuy|argos|currys|costco|tesco|sainsburys|ebay|aliexpress|temu|shein|myntra|meesho|swiggy|zomato|blinkit|zepto|croma|jio|airtel|hepsiburada|trendyol|getirden|migros|mediamarkt|teknosa|ikea|asda|lidl|bigbasket|uber|netflix|vodafone|turkcell
        best buy
        from|at|to|in|unlike aldi
        electricity|water board|department
        overhead lines|cables|wires
        power lines|grid
        bijli|bijlee vibhag|board
        बिजली विभाग|बोर्ड|वालों
        nagar|nagarpalika nigam|palika
        नगर निगम|पालिका
        elektrik idare*|dagitim*|kurumu*
        su idare*
        belediyenin|belediyeye|belediyeden
        """,
    "other_meaning": """
        north|northerly wind|winds ... advisory|warning|watch|gust*|mph|kmph|knots|degrees|blow*|chal*|sets|force
        wind|gale|storm|frost|weather|cyclone|flood|thunderstorm advisory|warning|watch|alert
        gusts of|to|near|up|around|over|nearing
        met office|department
        mausam vibhag
        uttari|uttar hawa*
        मौसम विभाग|विज्ञान
        उत्तरी|उत्तर हवा|हवाओं|हवाएं|हवाएँ
        शीतलहर
        kuzey ruzgar*
        poyraz|karayel ... firtina*|esecek|esiyor|derece|sert*
        meteoroloji*
        brand database|db|dataset|schema|veritabani*
        brand ... sql|query|queries|sorgu*
        sql|access ... brand
        """,
    "figurative": """
        is|are|was|look|looks|looking|on|so|literally|absolutely|straight fire fit|outfit|.|🔥|!|af|bro|tho|lol|emoji|ngl
        sale|deal|deals|offer|offers|prices|price|market|team|game|collection|lineup|playlist|album|song|squad|outfit|fits|drip|content|memes|marketing|trailer|ad|campaign|social|admin|intern|tweets|design|mixtape|beats|sound|camera|set|performance is|are|was|r|were so|absolutely|literally|straight|on? fire|lit|smoking|explosive|exploding|burning|hot
        youre|you|im|theyre|were|hes|shes|she|he|brand are|is|on|so|been|guys? on? fire today|lately|this|right|with|🔥|.|recently|these|again|,
        smoking|smokin|sizzling|blazing|red hot|good|fast|deal|price|prices|deals|sale
        fire sale|stick|tv|tablet|emoji|deal|fit|pit|sticks|hd|extinguisher|cube|sale
        amazon fire
        the bomb
        bath|photo|seed|sex|f|love bomb|bombs
        phone|dms|inbox|notifications|mentions|timeline|twitter|group|whatsapp|feed ... blowing|blew|blow|exploding|exploded|melting up|with|right|after|rn
        blowing|blew|blow|blowing|blows my mind|away|up on|my|tiktok|online
        mind blown|blowing
        head|brain|mind|heart|face|sales|demand|popularity|numbers|market|internet|growth|views|twitter|reddit|comments|chat|flavor|flavour|taste|colors|colours ... explod*|melt*|blew|blown|explosion|swell*|burst*
        explosion|explosive|burst of flavor|flavour|colour|color|growth|taste|colors|interest
        melts|melted|melting|melt in|my|your heart|mouth
        ice cream|icecream|chocolate|cheese|butter|chocolates|candle|makeup|lipstick|gelato|frozen ... melt|melted|melts|melting
        melted ice|chocolate|butter|cheese|cream
        spark|sparks|sparked|sparking joy|interest|debate|curiosity|conversation|outrage|imagination|rumours|rumors|discussion|controversy|a
        burning question|desire|calories|cd|dvd|money|man
        burned|burnt|burning|burns|burn calories|fat|cash|bridges
        burned|burning|burn through|out ... cash|money|data|savings|staff|budget|stressed|exhausted
        burned|burnt a hole in my|your pocket|wallet
        hole in my|your pocket|wallet
        shocked at|that|to|by|how|when|i|.|!|with|and
        shocked by|at the|how|your|this price|prices|bill|cost|service|quality|response|amount|total
        shocking service|price|prices|experience|behaviour|customer|that|quality|delivery|how
        in|a|with|total|bill|price|sticker|culture|was|such|the|shell shock
        shock absorber*|proof|resistant|jock|value
        shockproof|shockwave
        dying to|for|of|from|laughing|inside|lol|rn
        die for|of|hard|laughing
        die|died|dying laughing|of|from laughter|laughing|boredom|cringe|old|embarrassment
        dead lol|lmao|💀|😂
        battery|phone|laptop|watch|mouse|controller|earbud*|headphone*|tv|fridge|machine|headset died|dies|dead|killed
        killed|killing|kill|kills|slay|slaying|slayed it|the|my vibe|battery|mood|wallet|game|competition|time|bank|diet|productivity|.|!|,|again|today|with
        killing|killed it
        killer deal*|feature*|app|product|price|sale|combo|whale|look
        kill|killing|killed for|time|two|my battery|phone|a|an|one|some
        would|id|could kill for|to
        kill me now|lol|please
        dressed to kill
        suicide squad|blonde
        shoot|shooting|shot me|photos|video|a|an|on|with|some|pics|in|for ... dm|message|email|photo*|video*|film|mail|text|line|4k|pics|scene
        photo|film|video|score|screen|moon|espresso|energy shoot|shot|shots|shooting
        hit me|up|the|it|you|different ... up|spot|with|hard
        attack on titan
        heart|panic attack
        life|growth|travel|kitchen|cleaning|beauty|productivity|money|simple|best|clever|little|this|a|neat|cooking|home|diy|storage|handy|great|cool|time|quick hack|hacks
        hackathon|hackathons
        hack|hacks to|for|that|your|:|of|i
        gas station|price|prices|money|mileage|bill|light|light*|cooker|stove|car|tank|company|fees|mask|giant
        gaslight*
        choked up|back|me|in|with
        choking back|up
        throttle|injured list
        cutting edge|costs
        cut my|the losses|hair|bill|costs
        swollen|swelling with|pride|egos|prices|bill
        sick of|and tired|deal|beat|burn|day|note|leave|design|new|phone|🔥|wheels|outfit|bro
        so|thats|looks|absolutely|is|thats sick 🔥|bro|.|!|😍|,|dude|design|man
        threw|throw|throwing up a|the|my|some|an|post|sale
        threatening|threatened|threatens|threat to|of|a ... rain|snow|leave|overtake|dominance|cancel|quit|sue|legal|take|closing|court|replace|switch
        empty threat|threats
        stalking|stalk|stalked ... restock|sale|prices|price|website|page|package|parcel|tracking|the|deal|deals|delivery|my|this
        bleeding edge|money|cash|customers|heart|into|colours|dry
        assault on|course|rifle
        emotional damage
        raining|murdered|murder by|words|it|mystery|bills
        robbed|robbery|stole|steal|stealing ... my heart|show|spotlight|oscar|deal|bargain|hearts
        absolute|total|such|what|real|a steal|bargain
        a steal at|for|deal
        crash course|diet|landing
        crashing at|on|my|couch|into bed|couch|place
        as i|far recall
        i|cant|dont|do|to|you|if|total recall
        recall that|when|the|a|if|my|seeing|reading
        i sue|suing you for|my
        food|tennis|basketball|squash|badminton|moot|ball|supreme court
        ball is
        smoke|smoking|carbon detector|alarm|alarms|detectors|area|zone|machine|grill|break|weed|gun|ban|monoxide ... for|sale|in|price|stock|do|sell|available|deal|?|recommend*
        smoked salmon|ham|paprika|cheese|turkey|meat|fish|brisket|tofu|bacon
        bag|bag is|looks fire
        phat|fat gayi|gaya ... meri|dekh|hasi|hansi|sunke
        meri|mera|hamari|sabki|dimaag|dimag phat|fat gayi|gaya|gyi
        aag laga|lag di|diya|rahi|gayi|raha|dega|degi ... 🔥|show|gaane|song|dance|look|bhai|stage
        aag hai|hi|h
        bawaal|bawal|dhamaka|dhamakedar|blast offer|sale|deal*|machaya|hai
        dhamaka|dhamakedar|dhamaal
        धमाका ऑफर|सेल|डील|है|मचा*
        yangin yeri|fiyat*|gibi
        fiyatlar*|satislar|satis|gundem|sosyal|twitter|internet|telefonum|bildirim* yaniyor|patladi|patliyor|yangin|coktu|yandi|yakiyor|ucmus
        bomba gibi|kampanya*|indirim*|fiyat*|firsat*
        patladi|patlama satis*|yapti|yasaniyor|gundem*
        gulmekten|kahkaha*|sevincten|sicaktan|ask*|meraktan|acliktan ol*|patla*|yarildi*|bayil*|kirildi*|oldum|yandi*|yaniyor*
        bayildim|bayiliyorum|bayildik|bayiliriz
        param|paramiz|hesabim|puanlarim|puanim|hakkim|kuponum|cepler|cebim|icim|canim|yuregim yandi|yaniyor|yakti|yaniyo
        oldum bittim|gulmekten
        sale|offer|deal|discount|offers ... aag laga|lagi|lag
        had me dying|crying|dead|rolling
        wings|chilli|chili|curry|brownie|brownies|cake|sauce|ramen|noodles|biryani|dessert|chocolate|cookie|cookies|crisps|pizza|burger|episode|finale|gig ... killed|killing|ended|destroyed|finished|murdered|kill|kills me|my|us life|lives|soul?
        जेब|बटुए|पर्स में|पर|पे आग
        jeb|pocket|wallet|purse me|mein|pe|par aag
        dumpster fire
        """,
    "fiction": """
        cigarette|cigarettes|vape|wildfire|wildfires|ballpark|nuclear|reactor
        smoke|smoky grey|gray|coloured|colored
        advert|ad ever|of|they|brand
        lyric|lyrics|song|sarki|sarkisi|gaana|gana|गाना|शेर|कविता
        novel|movie|film|series|episode|anime|chapter|thriller|screenplay|gta|minecraft|fortnite|pubg|valorant|gameplay|netflix|trailer
        in|of the game|show|book|series
        film|dizi|roman|oyunda|fragman
        dialogue|dialogues|dialog hai|tha|the|bola|bolta
        मूवी|सीरियल|धारावाहिक|उपन्यास|एपिसोड|डायलॉग
        chapter|episode|bolum #
        भाग|अध्याय #
        part # .
        """,
    "giveaway": """
        giveaway|giveaways|airdrop|retweet|crypto|bitcoin|forex|onlyfans|promo|sponsored|dropshipping
        win|winner|winning|chance ... free|iphone|gift|prize|voucher|follow|rt|tag|giveaway
        follow|like|rt|retweet|tag|share ... win|to|chance|friends|giveaway|enter|and
        click|check|visit|join ... link|bio|url|my|telegram|channel|page
        link in bio
        earn|make|income ... $|₹|from|daily|home|weekly|per|online|#
        use my|code|referral ... code|off|link|for|%
        dm|whatsapp|inbox|contact ... for|promo|promotion|loan|services|me|to ... earn|order|invest*|price|collab|profit|recover*|loan|cash
        recover|recovery|hacker ... funds|account|lost|expert|contact|agent
        account recovery
        recover|recovered|recovering my|your|hacked|lost|the hacked|account|funds|money
        trading|investment|forex|crypto trick|signal|signals|tip|tips|platform|expert
        legit 💯|.|and|100
        buy followers
        limited offer|time
        hot singles|girls
        free followers|iphone|gift|money|crypto
        मुफ्त|जीतें|इनाम
        muft|jeeto|jeetein|kamao|kamaye|kamayein
        घर ... बैठे|से ... कमाएँ|कमाएं|कमाओ|कमाइए|कमाई|नौकरी|जॉब
        रोज|रोज़|रोज़ाना|दिन|महीने ... कमाएँ|कमाएं|कमाओ|कमाइए|कमाई
        व्हाट्सएप|व्हाट्सऐप|वॉट्सऐप|टेलीग्राम|इनबॉक्स|मैसेज|डीएम पर|से|में? करें|करो|कीजिए|कीजिये|जुड़ें
        ghar ... baithe|baith|se ... kamao|kamaye|kamaiye|kamai|naukri|job|earn|income
        roz|rozana|daily|mahine ... kamao|kamaye|kamaiye|kamai
        whatsapp|telegram|inbox|dm|msg pe|par|se? karo|kare|karein|kijiye|join|judo|jude
        evden|evinizden ... kazan*|kazanc*
        whatsapp*|telegram*|dm ... yazin|gelin|katilin
        cekilis*|hediye*|kazan*|takip ... et*|takip|kazan*|cekilis*|rt
        dm|message|whatsapp|inbox|text me for|to|now|if
        earn|make|win ... $|₹|€|£|# ... daily|weekly|home|day|week|month|hour
        hot singles|girls ... near|nearby|in
        pm|dm me ... trusted|seller|crypto|price|save|code
        trusted seller|vendor
        no|without experience|skills needed|required|necessary
        no experience
        from your|the sofa|couch|phone
        tecrube|deneyim|tecrubesiz ... gerekmez|gerekmiyor|aranmiyor|sart
        evden ... paketleme|eleman
        eleman araniyor|alinacak
        acil eleman
        paking|packing ka|ki kaam|job
        पैकिंग|घर का काम|जॉब
        coupon|coupons|promo ... # % off|only|dm
        lucky draw
        comment|write|type ... share|tag|repost
        share|forward ... # groups|group|friends|people|contacts
        whatsapp|telegram|text|dm|message your|ur|full full|name|cv|resume|details|number
        no interview|investment|joining fee
        part time|-time|timing? kaam|kam|job|jobs|naukri|work|income
        # roz|rozana|daily|per day ... whatsapp|telegram|dm|join|call
        no scam|fraud
        share|forward|bhejo ... # group|groups|logon|doston|dosto
        लकी ड्रॉ|ड्रा
        पार्ट टाइम
        शेयर|फॉरवर्ड|भेजें|भेजो ... # ग्रुप|ग्रुपों|लोगों|दोस्तों
        ek is|gelir|kazanc ... whatsapp*|telegram*|dm|yaz*|gunluk
        gunluk|haftalik|aylik # tl ... kazan*|gelir|garanti*
        # kisiye|gruba|arkadasini ... paylas*|gonder*|etiketle*
        """,
    "warning": """
        beware|careful|warning|warn|psa|heads ... of|scam|up|fake|people|everyone|guys|all|folks|anyone|to
        psa
        """,
    "hypothetical": """
        if|would|might|incase|imagine|unless|lest|may|hope|will
        in case
        could catch|cause|explode|be|lead|start|get|burn|hurt|injure|kill
        agar|kahin|eger|अगर
        """,
    "negation": """
        not|no|never|without|nor|isnt|wasnt|arent|werent|didnt|doesnt|dont|hasnt|havent|hadnt|wont|nothing|none|zero|aint|neither|cant
        नहीं|नही|ना|बिना|मत|न
        nahi|nhi|nahin|bina|mat
        hic|degil|asla
        """,
    "negation_after": """
        nahi|nhi|nahin|नहीं|नही|degil|yok|yoktu|olmadi|cikmadi|degildi
        """,
}
