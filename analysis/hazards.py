# ruff: noqa: E501 - a cue is one line, however many ways there are to say it
"""The cues of the P1 and P2 clauses of the urgency table: danger, crime, law, money and people that cannot wait.

Each block holds English first, then Hindi, Hindi in Latin letters, and Turkish. They are floors: they must hold in
languages that no sentiment engine here knows. How a line is read: `analysis.cues`.
"""

LISTS = {
    "device": """charger chargers charging adapter adaptor battery batteries powerbank phone phones laptop tablet earbud* headphone*
        headset heater kettle toaster oven microwave blender fridge freezer cooker hoverboard scooter ebike tv television vacuum
        dryer hairdryer straightener plug socket outlet cable cord lamp bulb speaker console watch smartwatch fan drone machine
        washer dishwasher stove hob fryer airfryer router monitor camera toy device appliance blanket pack casing wire wires
        iron grinder mixer geyser inverter unit mobile bank pc computer controller light lights trimmer cooktop refrigerator""",
    "cihaz": "sarj* batarya* pil* powerbank* telefon* cihaz* adaptor* kablo* laptop* tablet* isitici* kettle tost* firin* priz* kulaklik* supurge* makine* utu* urun* scooter* televizyon* fis*",
    "yantra": "चार्जर बैटरी फोन मोबाइल लैपटॉप हीटर मशीन पावरबैंक टीवी कूकर कुकर केबल तार सॉकेट प्लग मिक्सर फ्रिज प्रेस",
    "body": "hand hands finger fingers arm arms leg legs face skin eye eyes thigh foot feet palm thumb lip lips head hair wrist mouth tongue neck ear ears chest back throat",
    "mine": "my his her their our the me sons daughters kids childs",
    "staff": "staff driver drivers rider agent employee* manager guard guards courier technician rep cashier security executive worker salesman salesperson supervisor postman installer deliveryman",
    "personel": "kurye* sofor* calisan* personel* gorevli* guvenlik* eleman* temsilci* magaza* kasiyer*",
    "karamchari": "driver delivery rider staff guard agent manager boy executive technician wala wale ड्राइवर डिलीवरी स्टाफ गार्ड एजेंट मैनेजर कर्मचारी बॉय एक्जीक्यूटिव",
    "other": "else elses another different strangers stranger others other wrong",
    "personal": "data details address addresses info information account accounts invoice invoices email emails phone number numbers profile card cards history prescription prescriptions name names statement statements bank records documents id ids passport",
}

HAZARDS = {
    "hazard_fire": """
        caught|catch|catches|catching fire|alight
        burst|bursts|bursting|erupt* into? flames
        in|into flames
        flames ... <device>
        on fire
        up in flames|smoke
        set|sets|setting fire to
        <device> ... smok*|smoulder*|smolder*|spark*|melt*|melted|burning|burnt|burned|flame*|fire|explod*|swell*|swollen|bulg*|bloated|overheat*|puffed|ballooned
        smoke|fumes|flames|sparks|smell came|come|comes|coming|pour* ... <device>|out|from|it
        smoke|fumes|sparks|flames from|everywhere
        smoke|fumes|sparks|flames out of
        full|filled|filling of|with smoke
        started|starts|starting|began|begins|keeps|was|is|are|were to? smoking|smoke|sparking|melting|smouldering|smoldering
        saw|see|seeing smoke|flames|sparks
        smell|smells|smelled|smelt|smelling|stinks ... burning|burnt|burned|melting|smoke|smoky
        burning|burnt|burned|melting|melted smell|plastic|odor|odour|rubber|wires|wire|electrical
        a|big|huge|loud spark|sparks|bang|pop ... <device>
        sparks|sparking
        explod*|explosion
        <device> ... blew|blown|blow|blows up|apart
        <device> ... went|goes bang|boom|pop
        blew up in|while|when|on|next
        melt|melted|melting|melts ... <device>|plastic|my|desk|table|carpet|sheets
        swollen|bulging|bloated|puffy|swelling|expanding|overheating|leaking|exploding|burning|smoking <device>
        too|so|burning|scalding|scorching|boiling|insanely|dangerously|extremely|crazy|blazing|red hot to touch|hold|handle
        <device> ... burning|scalding|scorching|boiling|dangerously|extremely|insanely|unbearably|crazy|blazing|super|so|very|really|red|way|too hot
        burning|scalding|scorching|red hot while|when|after|during|to|and|charger|phone|battery
        hot enough to
        hot to the? touch
        cant|couldnt|cannot|impossible|hurts|unable to? touch|hold it|the|my
        overheat* ... <device>|dangerous*|badly|smell|burn*
        short circuit|circuited|circuiting
        shortcircuit*
        fire hazard|risk|brigade|department|truck|service|extinguisher|trucks
        firefighter*|firemen
        house|kitchen|flat|apartment|bedroom|garage|electrical fire
        caused|causing|started|starting a|the fire
        nearly|almost|could|couldve burn*|burnt|set ... house|down|kitchen|bed|flat|apartment|home|fire
        smoke|fire alarm|alarms|detector went|going|goes|triggered
        set|sets|triggered off? my|the|our? smoke|fire alarm|alarms
        burn|scorch mark|marks
        scorched|singed|charred
        burned|burnt|melted|burns a|the|my|our hole|carpet|desk|table|bed|sheets|mattress|sofa|pillow|counter|floor|nightstand
        battery ... leak*|acid
        thermal runaway
        🚒
        आग लग*|लगी|लगा|पकड़*|निकल*
        धुआं|धुंआ|धुआ|धुँआ|धूआं
        फट गया|गई|गयी|गए
        ब्लास्ट|धमाका|धमाके|विस्फोट
        पिघल*
        <yantra> ... फूल|फूली|फूला|जल|जला|गरम|गर्म गया|गई|गयी|रहा|रही|हुई|हुआ|हो
        <yantra> ... बहुत|इतना|इतनी|ज्यादा गरम|गर्म
        चिंगारी|चिंगारियां|चिनगारी
        स्पार्क
        शॉर्ट सर्किट
        जलने|जलन|जले की|हुए? बदबू|बू|गंध|स्मेल|महक
        aag lag*|lagi|laga|pakad*|nikal*|nikli
        dhuan|dhua|dhuaan|dhuwa|dhuwan|dhuaa
        <device> ... phat|fat|faat|phatt|phut gaya|gayi|gya|gyi|raha|padi
        <device> ... blast ho*|hua|hui|kar*|gaya
        blast ho|hogaya|hua|hui
        pighal*|pigal*
        <device> ... phool|phul|fool|jal|jala gaya|gayi|gya|gyi|raha|rahi|rha|chuki|chuka
        <device> ... bahut|itna|itni|bohot|bht|boht|zyada|jyada|ekdum garam|garm
        garam ... chhu*|chhoo*|touch|haath|hath
        chingari|chingariyan|chingariya
        spark nikal*|nikla|nikli|aa|aaya|ho|hua
        jalne|jali|jala|jalne ki|hui smell|badbu|badboo|boo|bu|mahak
        duman cik*|cikti|geldi|gel*|tuttu|kokusu|kapladi|doldu|var
        <cihaz> ... duman*|yandi|yaniyor|yanmaya|yanmis|patladi|patlayan|patlamis|patliyor|eridi|eriyor|erimis|erimeye|sisti|sismis|sisiyor|sismeye|kivilcim*|alev*|isiniyor|tutustu|yanik|yaniyordu|isindi
        duman*|alev* cikiyor|cikti|cikmaya|cikardi|aldi|almis|geliyor|geldi
        yangin cikti|cikiyor|cikacak|cikiyordu|tehlikesi|cikmak|cikmasina|riski
        itfaiye*
        alev aldi|aliyor|almis
        patladi|patlamis|patliyor|patlayan ... <cihaz>|elimde|evde
        elimde|elinde|evde|yatakta patladi|patlamis
        kivilcim*
        erimis|eriyen|sismis|patlayan|yanan <cihaz>
        yanik|plastik|yanan kokusu|koku|kokuyor|kokulari
        kisa devre
        dokunulmayacak|dokunamay*|tutulmayacak|asiri|yakacak ... sicak|isin*|isiniyor|isindi|kizgin
        elim*|elimi|elini yakacak|yakti|yakiyor|yandi
        duman
        <device>|back|case|cell|cells|cover ... popped|pushed|split|swelling open|apart|out|pillow|balloon
        looks like a? pillow|balloon
        """,
    "hazard_shock": """
        electric|electrical|static shock|shocks|shocked
        electrocut*
        got|get|gets|getting|gave|gives|giving|given me|my|him|her|us|them|a|an ... shock|shocks|zap|zapped from|off|when|while|touching|every|through|?|.
        shocked|zapped|shocks|zaps me|my|him|her|us when|while|every|twice|hand|again|through|.
        zapped|shocked by the|a|my|this|your <device>|handle|door|metal
        exposed|live|bare wire|wires|wiring
        tingling|tingle ... <device>|touch|metal
        करंट लग*|लगा|लगता|मार*|मारा|आ|आता|दे
        बिजली का|के झटका|झटके
        current|karant|karent lag*|laga|maar*|mara|maara|marta|aa|aata|de
        bijli ka|ke jhatka|jhatke|jhatka|jatka
        <device> ... shock lag*|laga|maar*
        elektrik carp*|verdi|veriyor|kaciriyor|kacagi
        elektrige carp*
        carpildim|carpildi|carpilma|carpilacaktim|carpiliyordum
        cereyan kapildi|carp*|verdi
        झटका लग*|लगा|लगता|मार*
        jhatka laga|lagta|lag
        small|little|mild|slight|wee|light|tiny|bit jolt|zap|zaps|shock
        jolt|jolts off|from|when|every|again
        gives|gave|giving a|me|us ... jolt|zap|tingle
        fingers|finger|hand|arm ... numb ... switch|plug|touch*|charging|on
        झनझनाहट|झनझना*
        jhanjhan*
        उंगलियां|उंगली|हाथ सुन्न
        ungliyan|ungli|haath|hath sunn
        parmak*|elim|kolum uyus*
        azicik|hafif|hafifce|biraz|hafiften carpiyor|carpti|carpmis*
        """,
    "hazard_gas": """
        smell|smells|smelled|smelt|smelling|stinks ... gas
        gas smell|leak|leaks|leaking|leaked|odor|odour
        leaking|leaks|leaked gas|refrigerant|freon
        carbon monoxide
        toxic|chemical|noxious fumes|smell|gas
        गैस ... लीक|रिस*|बदबू|निकल*|स्मेल
        gas ki|ka|se? leak*|smell|badbu|badboo|ris*|nikal*|boo
        gaz kokusu|kacagi|kaciriyor|sizintisi|kokuyor|sizdiriyor|kokusuna
        karbonmonoksit
        गैस ... गंध|बू|महक|रिसाव
        रसोई|सिलेंडर|चूल्हा|चूल्हे ... गैस ... गंध|बू|लीक
        gas ... gandh|mahak|nikal|leak|smell
        smell|smells|stinks of rotten? eggs|egg ... hob|stove|boiler|oven|cooker|kitchen
        sade|sadey ande|anda jaisi|jaise|ki badboo|badbu|smell|boo
        सड़े अंडे जैसी|की गंध|बदबू
        curuk yumurta koku*|kokuyor
        """,
    "hazard_allergen": """
        undeclared|unlisted|unlabelled|unlabeled|undisclosed|hidden ... allergen*|nut|nuts|peanut*|milk|dairy|egg|gluten|soy|sesame|shellfish|almond*|wheat|hazelnut*|cashew*|fish
        allergen*|nut|nuts|peanut*|milk|dairy|egg|eggs|gluten|soy|sesame|shellfish|almond*|wheat|hazelnut*|cashew*|fish|crustacean* ... not|isnt|arent|nowhere|wasnt|werent|never|without|missing|undeclared|omitted|unlisted ... label|labelled|labeled|list|listed|ingredient*|declared|packet|pack|packaging|mentioned|warning
        label|labelled|labeled|marked|sold|says|listed|packet|pack|claims|advertised ... nut|nuts|gluten|dairy|milk|egg|lactose|allergen|peanut free ... contain*|has|had|found|full|made|but|trace*|reaction
        not|isnt|arent|no|nowhere|missing ... label|labelled|labeled|listed|declared|ingredient*|warning ... allerg*|nut|nuts|peanut*|milk|dairy|egg|gluten|sesame|almond*|hazelnut*
        allergic|allergy reaction|shock|attack
        anaphyla*
        epipen ... used|use|needed|reaction|hospital
        used|needed|had ... epipen
        found|finding|contains|contained ... peanut*|nut|nuts|gluten|dairy|almond* ... free|allerg*|vegan
        allerg* ... not|isnt|wasnt ... label*|listed|declared
        hives|throat swell*|closing|swelled|swollen|closed
        face|lips|tongue|lip|throat swell*|swollen|swelled|closing|closed
        एलर्जी हो|हुई|रिएक्शन|है ... लेबल|लिखा|पैकेट
        एलर्जी हो|हुई|का|रिएक्शन
        लेबल|पैकेट|पैक ... नहीं ... मूंगफली|दूध|नट*|अंडा|ग्लूटेन
        मूंगफली|काजू|बादाम|दूध|अंडा|ग्लूटेन ... लेबल|पैकेट|लिखा ... नहीं
        allergy|alergy ho|hui|reaction|ka|attack
        peanut*|moongfali|mungfali|nuts|doodh|anda|gluten|badam|kaju ... label|packet|likha ... nahi|nhi|nahin
        label|packet ... nahi|nhi|nahin ... peanut*|moongfali|mungfali|nuts|doodh|anda|gluten|allergen|allergy
        alerji* reaksiyon*|krizi|sok*|gecirdi*|oldu
        alerjisi|alerjim|alerjik tuttu|olan|reaksiyon ... etiket*|yaz*|hastane*|acil*|sisti
        etiket*|icindekiler*|ambalaj*|paket* ... yazmiyor|yazmiyordu|belirtilmemis|yok|yazilmamis|belirtilmiyor
        fistik*|findik*|sut*|gluten*|yumurta*|badem*|susam*|alerjen* ... etiket*|icindekiler*|ambalaj*|belirtil*|yazm* yazmiyor|belirtilmemis|yok|belirtilmiyor|yazilmamis|yazmiyordu
        anafila*
        reacted|reaction|swelled|swollen|hives|rash|antihistamine*|epipen ... minutes|peanut|nut|nuts|allerg*|visible|contain*|pack|label
        visible|whole|found|traces|bits|piece|pieces of? peanut|nut|nuts|almond|glass|milk|gluten|shell|egg
        one|bar|pack|packet|bag|box|bread had|has|with ... peanut|nut|nuts|almond|milk|gluten ... in|visible|allerg*|reacted|free
        मूंगफली|नट|दूध|अंडा|बादाम ... ज़िक्र|जिक्र|लिखा|कहीं|लेबल ... नहीं
        एलर्जी ... सूज*|अस्पताल|सांस|उल्टी|दाने
        allergy|allergic ... sooj*|suj*|hospital|saans|ulti|daane
        contains|contain|contained|theres|has|had|found|with ... almonds|peanuts|nuts|milk|gluten|egg|sesame|wheat|soy ... allergic|label|listed|declared|ingredients
        alerji*|alerjim tuttu|gecir*
        """,
    "hazard_choking": """
        choked|choking|choke|chokes on|hazard|risk
        nearly|almost|baby|toddler|son|daughter|kid|child|infant|he|she|dog|started|was choked|choking|choke
        swallow* ... battery|batteries|magnet*|part|piece|pieces|button|screw|bead*|plastic|metal|glass
        small|tiny|little|loose part|parts|piece|pieces|eye|eyes|button|magnet|magnets|wheel|wheels|bead|beads ... came|comes|coming|broke|breaks|fell|falls|pops|popped|snapped|detach* off|out|loose|away|.
        stuck|lodged in ... throat|windpipe
        couldnt|cant|unable|stopped to? breathe|breathing
        strangl*|suffocat*
        गले में ... फंस*|अटक*
        दम घुट*
        निगल*
        gale|gala me|mein|mai ... fas*|phas*|atak*
        dum|dam ghut*
        nigal gaya|gayi|li|liya|lia|gya|leta|jata
        bogazina|bogazinda|bogazima|borusuna ... kacti|kaldi|takildi|kaciyordu|takiliyordu|kac*
        boguluyordu|boguldu|bogulma|boguluyor|bogulacakti|bogulmak|bogulayazdi|bogulmasina
        yuttu|yutuyordu|yutmus|yutacakti|yutmasina
        nefes alamadi|alamiyor|alamiyordu
        """,
    "injury": """
        injur*
        hospitalis*|hospitaliz*
        ended|went|rushed|taken|took|sent|landed|brought|admitted|got|am|was|is|currently|drive|drove|trip|lying ... in|to|into|at the|a|an? hospital|er|icu|clinic
        hospital|er|clinic because|after|with|due|thanks
        emergency room
        called|call|calling|needed|need an|the? ambulance
        ambulance
        burned|burnt|burns|burning|cut|hurt|broke|broken|fractured|injured|sliced|slashed|crushed|bruised|scalded|blistered|stung|stabbed|pinched|gashed ... <mine>|childs <body>|knee|ankle|rib|ribs|tooth|teeth|nose|shoulder|toe|toes|son|daughter|baby|child|kid|mother|self|myself|himself|herself
        <body>|son|daughter|baby|child|kid|toddler|grandson|granddaughter got|is|was|are|were|has|have|been|badly burned|burnt|cut|hurt|injured|bleeding|blistered|scalded|blisters
        second|third|first|2nd|3rd|chemical degree? burn|burns
        burns|blisters on <mine> <body>
        blisters|blistering|blistered
        bleeding|bled
        needed|needs|got|with|had|few|several|# stitches
        unconscious|concussion|fracture|fractured
        food poison*
        vomit*|threw|throwing up|after|all|since|for|and
        vomiting
        violently|really|very|so|seriously|all|both|got|made|making|makes|became ... sick|ill after|from|eating
        sick|ill after|from eat*|drinking|the|your|it
        poisoned
        glass|metal|plastic|needle|razor|blade|nail|wire|shard|shards|screw|bone|maggot*|cockroach*|rat|mouse ... in|inside my|the|our|his|her|this|a|your ... bread|food|yogurt|yoghurt|soup|cereal|salad|formula|milk|rice|chocolate|drink|juice|bottle|meal|cake|sandwich|baby|jar|pasta|snack|chips|cookie*|biscuit*|pack|packet|bag
        lost|losing|damaged my|his|her|consciousness sight|eyesight|vision|hearing|finger
        chemical burn*|rash
        severe|painful|terrible|horrible|bad|nasty rash
        someone|somebody|people|person|man|woman|child|kid|he|she|customer|worker got|was|is|been|has hurt|injured|killed|hit
        died|killed after|because|by|from|when|using
        fell|collapsed ... stairs|broke|broken|hurt|onto|on <mine> <body>|head|kid|son|daughter|child|me|him|her
        घायल|जख्मी|ज़ख्मी
        चोट लग*|लगी|आई
        खून निकल*|बह*|आ
        अस्पताल|हॉस्पिटल
        बेहोश
        उल्टी|उल्टियां
        फूड पॉइजनिंग|पॉइज़निंग
        हाथ|उंगली|चेहरा|पैर|मुंह|बच्चा|बच्ची|बच्चे ... जल|कट|झुलस गया|गई|गयी|गए|गये
        झुलस*
        मौत हो
        तबीयत|तबियत ... खराब|बिगड़*
        chot lag*|aayi|aa
        ghayal|zakhmi|jakhmi
        khoon nikal*|nikla|beh*|aa|aaya
        hospital|haspatal|aspatal|icu le|mein|me|mai|leke|jana|admit|bharti|pahunch*
        admit karna|karwa*|hona|kiya|hai
        behosh|bahosh
        ulti|ultiyan|vomiting ho|kar*|aa|hui|hone
        haath|hath|ungli|chehra|pair|muh|bacha|bachha|bacchi|beti|beta ... jal|kat|jhulas gaya|gayi|gya|gyi|gaye
        jhulas*
        tabiyat|tabiat ... kharab|bigad*
        food poisoning
        yaraland*|yarali|yaralaniyor*
        hastanelik|hastanedeyim|hastanedeyiz|hastaneye|hastanede|acile|ambulans|hastaneden
        kanadi|kaniyor|kanama|kan icinde
        elim|elimi|eli|elini|parmagim|parmagimi|parmagi|kolum|yuzum|bacagim|cocugun|cocugumun|oglumun|kizimin ... yandi|yakti|kesti|kesildi|kanadi|yanik|kirildi
        yanik olustu|izi|oldu|yanigi
        zehirlen*
        bayildi*|bilincini|bilinci kaybet*|kapali
        kustu|kusuyor|kusma|kustuk|istifra
        cam|metal|jilet|igne|bocek|kurt|fare|plastik parcasi|kirigi|cikti ... cikti|vardi|buldum|bulduk|yemek*|mama*
        hit|hits|banged|smashed|cracked <mine> head|face|knee
        child|kid|son|daughter|baby|toddler ... hit|banged|split|chipped his|her head|lip|tooth|chin
        """,
    "self_harm": """
        kill|hurt|harm|killing|hurting|harming|cut|cutting myself
        suicid*
        end|ending|ended my life
        end it all
        want|wanna|rather to? die
        dont|do not want|wanna to live|be alive|exist|wake
        no reason|point to|in live|living
        cant go on anymore|like|any|living
        take|taking my own? life
        self harm|harming
        selfharm
        better off dead
        jump off|from|in the|a|my? bridge|roof|building|balcony|train|window
        overdose*|overdosing
        आत्महत्या|खुदकुशी|सुसाइड
        मर जाऊ*|जाऊँगा|जाऊंगा|जाऊंगी|जाना|जाने
        जान दे दू*|दूंगा|दूंगी|दूँगा
        जीना नहीं|नही
        जीने का|की मन|इच्छा
        aatmahatya|atmahatya|aatmhatya|khudkushi|khudkhushi
        mar jaun*|jaunga|jaungi|jaana chahta|chahti|.|hai
        mar jaunga|jaungi
        jaan|jan de dunga|dungi|du|doon|dunga
        jeena|jina|jeene|jine nahi|nhi|nahin|ka|ki
        suicide kar*
        intihar*
        kendimi|canima oldur*|kiyac*|kiymak|kiyarim|asac*|zarar|kestim|yakac*
        yasamak|yasamaya istemiyorum|gucum|anlami|sebebim
        olmek istiyorum
        dont|do|not|never want|wanna to? ... be|wake here|up|alive ... anymore|any|.|,
        cant do|take|go this|it|on anymore|any
        ending|end things|myself
        nothing left|more to|for live|me
        har man|liya ab
        ab|aur jeena|jiya|sehna|jeene nahi|nhi
        अब और नहीं|जीया|सहा
        dayanamiyorum|dayanacak|tukendim|yasamin|yasamanin
        dont|do|no|whats|what point|reason|is|the ... of|to|in still|being|carry|go|get here|around|on|up ... anymore|honestly|tomorrow|,|.|?
        reason to get up|wake|carry|go|live
        where i am|im? going ... dont|wont|no need|take|bye|goodbye
        it ends tonight
        ive written|left|wrote the|my|a letters|note|notes|goodbye
        जीने की इच्छा|चाह
        उठने|जीने की कोई वजह
        आज रात खत्म|ख़त्म
        jeene|jine ki ichha|iccha|wajah|chah
        uthne|jeene|jine ki koi? wajah
        jahan|jaha ja raha|rahi hu|hoon|hun ... zaroorat|zarurat|kaam nahi|nhi|ki
        जहां जा रहा|रही हूं ... जरूरत|ज़रूरत
        her seye|hepsine son ver*
        bu gece biti*|son*
        gittigim|gidecegim yerde lazim|gerek
        mektup* yazdim|biraktim
        uyanmak icin|istemiyorum sebep|sebebim|artik
        """,
    "violence_or_threat": """
        threaten|threatened|threatening|threatens|threats|threat
        death threat|threats
        <staff>|guy|man|boy|men|he|she|they ... hit|punched|slapped|attacked|assaulted|grabbed|shoved|pushed|kicked|beat|groped|choked|stalked|spat|cornered|chased|slapping|hitting|punching ... me|my|her|him|us|customer|woman|child|girl|man|kid|son|daughter|mother|father|wife|husband|someone|people|dog
        assault|assaulted|assaulting|assaults
        groped|groping|molest*|raped
        sexual|sexually harass*|assault*|abuse*
        harass|harassed|harassing|harasses|harassment
        stalk|stalked|stalking|stalker
        ill|will|gonna|going|want|wanna to? kill|shoot|stab|beat|bomb|murder|strangle|attack|hurt|punch|smash|slap ... you|them|him|her|that|this|your|driver|staff|everyone|manager|somebody|someone|people|face
        ill|will|gonna|going to? burn|blow|bomb|torch ... store|shop|office|warehouse|down|building|up
        bring|bringing|brought|pulled|has|had|with|waving|pulling a|my|out? gun|knife|weapon|bat|acid|petrol
        going|coming|come to your|the office|store|shop|warehouse ... gun|knife|bomb|hurt|kill|burn
        burn your|the|this store|shop|office|warehouse|house|place
        watch your back
        know where you|your|they|he|she live|lives|staff|house
        deserve|deserves|need to|a die|beating|bullet|slap
        you|he|she|they will|ll|gonna pay|regret ... blood|life
        fight|brawl|stabbing|shooting|shots|robbery|gunman ... store|branch|shop|outlet|mall
        store|branch|shop|outlet ... fight|brawl|stabbing|shooting|robbery|gunman
        came|showed|turned|come|coming to|up ... house|home|door ... threat*|aggressiv*|violent|abus*
        धमकी|धमका*|धमकियां
        मारपीट|मार पीट
        थप्पड़|छेड़छाड़|छेड़खानी
        हमला कर*|किया
        जान से मार*
        मारूंगा|मारूँगा|पीटा|पिटाई
        <karamchari> ... मारा|पीटा|हाथ ने|मुझे|को|उठाया
        dhamki|dhamkiyan|dhamka|dhamkaya|dhamkaa
        maar peet|pit|pitai
        marpeet|maarpeet|marpit|maarpit
        thappad|thapad|chhedchad*|chedchad*|chhedkhani|chhed
        jaan|jan se maar*|mar
        maar dunga|dungi|dalunga|daalunga|denge|daal*
        haath|hath uthaya|utha
        <karamchari> ... mara|maara|peeta|pita ... mujhe|mujhko|usko|bhai|ko
        tehdit*
        saldirdi|saldiri|saldirgan|saldiriya
        darp|dovdu|dovdu|dovuldu|dovmek|dayak
        tokat|yumruk att*|atti|yedim
        taciz*
        oldurecegim|oldururum|gebertecegim|geberticem|vuracagim|bicaklarim|yakacagim|yakarim|dovecegim|doverim|oldurecek
        bicak|silah cek*|cekti|var|ile
        <personel> ... vurdu|itti|saldirdi|dovdu
        nerede oturdug*|yasadig* biliyor*
        <staff>|guard|they|he|she pushed|pushing|push|shoved|dragged|shoving|grabs|pushes|dragging|manhandled|kicked ... her|him|me|them|us|my|out
        push|pushed|shoved|dragged|threw|grabbed|shove her|him|me|them|us out|by|down|off|against|to|into|through
        outside|waiting|standing my|at|outside house|home|door|gate ... driver|rider|threat*|scared|abus*|refus*|shout*|alone
        scared|afraid|terrified|fear ... he|she|they|him|driver|rider|alone|home|come|comes|back|go
        dhakka diya|de|mara|maara|dete|maar*
        warna|varna dekh lega|lenge|lunga|lega
        darr|dar|dara lag raha|rahi|rahe|dhamka*
        akeli|akela hu|hoon|hun|ghar
        धक्का दिया|मारा|दे|मार*
        देख लूंगा|लेंगे|लेगा
        डर लग|लगा
        kapida|kapiya|evimin|evime ... bekliyor|dayandi|bagir*|geldi|tehdit*
        uzerime yurudu|geldi
        itti|itekledi|ittiler|tartakla*
        korkuyorum|korktum|korkuttu
        ill|will|gonna|going|want to? ... stab|shoot|kill|murder|strangle|bomb ... you|them|him|her|that|this|your|staff|driver|manager|everyone|someone
        followed|following|follows my|me|her ... daughter|home|lift|elevator|car|street|parking|building|teenage
        last chance|warning ... come|coming with more|friends|something
        somebody|someone is|will|gonna|going|s ... get hurt|killed|stabbed ... shop|store|branch|wont|there|tonight
        remembers|remember|knows|know|has|got my|our|the|your? addresses|address ... or|star|stars|rating|review|else
        hand|hands on|up my|her|his? ... leg|thigh|skirt|breast|chest|bum
        बाहर|नहीं|नही मिल|छोड़ूंगा|छोड़ेंगे तो|नहीं|तुम्हें
        pata|address yaad|malum rehta|hai|rakh ... mujhe|warna|varna|star|ghar
        पता याद रहता|है
        canina|cani yanacak
        lafla|sozle gelmem|kalmaz
        """,
    "fraud_or_takeover": """
        account|acc|accounts|profile|wallet|email|login|app ... hack|hacked|hijack*|compromised|breached|stolen|takenover
        account|profile ... taken|took over
        hack|hacked|hijack*|hacking ... account|acc|my|me|profile|card|wallet
        got|been|was|am|getting|were|is|has|have hacked
        hacker|hackers
        someone|somebody|hacker|hackers|thief|thieves|scammer|scammers|fraudster* ... logged|log|accessed|access|used|using|ordered|ordering|buying|bought|placed|placing|changed|changing|drained|draining|spending|spent|stole|stealing|took|charging ... my|account|card|email|password|number|orders|order|wallet|points
        someone|somebody is|has|just|else ... ordering|buying|using|spending|draining|trying|logged|logging|hacked|stolen|accessed|changed
        unauthori* ... transaction*|charge*|order*|payment*|purchase*|debit*|login*|access|withdrawal*|transfer*|use|activity|sign
        unauthorised|unauthorized|fraudulent|unrecognised|unrecognized|suspicious transaction*|charge*|order|orders|payment*|purchase*|debit*|login*|activity|withdrawal*|transfer*
        i|we did|didnt|never|havent|dont|do not? make|made|authori*|approve*|recognise|recognize|initiate*|do|did ... transaction*|payment*|purchase*|charge|charges|order|orders|debit*|withdrawal*|transfer*
        transaction*|payment*|purchase*|charge|charges|order|orders|debit*|withdrawal* ... i|we did|didnt|never|dont|havent|do not? make|made|authori*|approve*|recognise|recognize|place|placed
        transaction*|payment*|purchase*|charge|charges|order|orders|login|logins ... wasnt|isnt|was|not|werent not|by? me|mine|us
        <personal>|money|points ... being|been|was|got|is|were drained|emptied|stolen|wiped|cleaned|skimmed|cloned
        drained my|the|our account|wallet|card|gift|bank|balance|points
        stole|stolen|stealing|steals|stole my|our|all|from|the money|account|card|identity|wallet|points|gift|bank|details|number
        money|balance|points ... vanish*|disappear*|stolen|gone ... account|wallet|hack*|login|card
        password|email|phone|number|pin ... changed|reset without|not|but|and|by ... me|my|permission|knowledge|hack*|someone
        locked|lock|locking me? out ... hack*|someone|changed|stolen
        identity theft|stolen|fraud
        sim swap*
        otp|otps|codes|code|2fa ... didnt|did|never|not ask|request|requested|asked|initiate
        scammer|scammers|fraudster|fraudsters have|has|took|stole|my|got|is|are|using|right
        just|got|been|was|getting|being|am scammed|defrauded
        fraud on|in|with|using my|our account|card|wallet
        gift card|cards|voucher ... drained|already empty|used|redeemed|stolen
        card ... cloned|skimmed
        cloned|skimmed my|our card
        हैक
        खाते|खाता|वॉलेट|कार्ड|बैंक ... बिना ... पैसे|पैसा|कट*|निकल*
        बिना अनुमति|इजाजत|पूछे|बताए|ओटीपी|मेरी ... पैसे|पैसा|कट*|ऑर्डर|निकल*
        धोखाधड़ी|ठगी|फ्रॉड|ठग
        किसी ने ... अकाउंट|खाते|खाता|कार्ड|ऑर्डर|पासवर्ड|लॉगिन
        मैंने|हमने नहीं|कोई ... किया|की ... ट्रांजैक्शन|लेनदेन|पेमेंट|ऑर्डर
        hack ho|hogaya|hua|kar|kr|kiya|hui
        kisi ne|aur ... account|card|order|password|login|wallet|id
        bina otp|permission|bataye|puche|poochhe|pooche|ijazat|mere|meri ... paise|paisa|kat*|order|nikal*|debit*|transaction
        fraud ho|hua|hogaya|hui|kar|kiya
        paise|paisa nikal gaye|gaya|liye|liya|rahe
        mera|mere account|card|wallet ... koi|kisi ... use|chala|order|login
        maine|mene|humne nahi|nhi|nahin|koi ... kiya|kiye|ki|kari ... transaction|payment|order
        maine|mene koi|ye|yeh order|transaction|payment nahi|nhi|nahin
        thagi|thag|dhokhadhadi|dhokadhadi|loot li*|liya
        hesab*|profil*|kart*|cuzdan* ... calin*|calan*|hack*|haklen*|gecirildi|gecirdiler|kopyalan*|bosalt*
        hack*|haklen* ... hesab*|kart*
        hacklendi|haklendi|hacklediler|hackledi
        haberim|bilgim|iznim|onayim|izinsiz|bilgisi|rizam olmadan|disinda|disi|yokken ... cek*|siparis*|islem*|harcama*|para*|alisveris*|giris*|kart*
        izinsiz cekim|islem|odeme|harcama|para|siparis
        kart*|hesab* ... izinsiz|baskasi|birileri|biri|birisi ... kullan*|cek*|siparis|alisveris|giris|harca*
        birisi|biri|birileri|baskasi hesab*|kart*|adima|sifre* ... gir*|kullan*|siparis|degis*|harca*|ele
        dolandirildim|dolandiriliyorum|dolandirildik
        ben yapmadim|vermedim|onaylamadim
        yapmadigim|vermedigim|onaylamadigim|bilmedigim islem*|siparis*|odeme*|harcama*|alisveris*
        supheli islem|giris|harcama
        someone|somebody|hacker|stranger|thief is|has|got|broke|gets|got inside? in|into|access my|our account|email|wallet|profile
        reset|otp|login|verification|sign password? email|emails|code|codes|texts|sms|link|attempts|notifications ... didnt|did|never|not ask*|request*|not|initiate*
        gift cards|card ... bought|purchased|sent ... my|account|minutes|without
        money|funds|₹|$|€|£|# ... leaving|disappearing|transferred|withdrawn|gone|debited|taken ... account|wallet|right|now|minutes|without|otp|didnt
        kept|keeps|still|are ... ordering|buying|spending|withdrawing|placing ... right|now|card|account
        kartimdan|hesabimdan|cuzdanimdan ... cekildi|cekilmis|cekiyor*|harcan*|gitti|alindi ... bilmiyorum|ben|benim|degil|onay*|siparis|hala
        hesabima|hesabimiza|hesabim ... giris|girmis|giril*|girdiler|girildi|baskasi|degistir*
        adres|sifre|sifrem|mail|telefon degistirilmis|degismis|degistirildi
        वॉलेट|खाते|खाता|कार्ड|अकाउंट ... निकल*|कट|उड़|गायब ... ओटीपी|बिना|किसी|अभी|मैंने
        ओटीपी ... नहीं|नही|किसी ... दिया|दी|बताया|मांगा
        otp ... kisi ko nahi|nhi|share
        account se ... paise|paisa|rupaye|lakh nikal*|gaye|ud|gayab|kat
        paise|paisa|rupaye ... account|wallet se ... nikal*|gayab|ud
        email|password change kar diya|di|gaya|gya
        ele gecirildi|gecirdiler|gecirmisler
        hesabim|kartim|hesabimi|kartimi calindi|caldilar|calinmis|kopyalandi|kopyalanmis
        there|theres|are|seeing ... purchases|orders|charges|transactions|payments ... my account|wallet|card|history|statement ... didnt|not|never|from|asleep|wasnt
        why are there purchases|orders|charges|transactions|payments
        purchases|orders|charges|transactions from ... on|in my
        birileri|birisi|biri ... hesabimdan|hesabimdaki|kartimdan|kartimla ... aliyor|almis|cekiyor|cekmis|siparis|harciyor
        sifrem|sifrem de|mailim ... degismis|degistirilmis
        email|password|number change|badal ho gaya|gya|gayi
        email|password|number change|badal hogaya|hogya
        पैसे|पैसा ... मैंने|मैने ... कुछ नहीं|नही किया
        पैसे|पैसा ... मैंने|मैने ... छुआ|हाथ तक नहीं|नही
        paise|paisa ... maine|mene ... kuch|kuchh nahi|nhi|nahin kiya|kia
        paise|paisa ... maine|mene ... chhua|chua|haath|hath tak|bhi nahi|nhi|nahin
        basket|order|cart ... i didnt fill|make|place|start ... paid|paying|charged
        welcome to your new device|phone
        naye|नए device|phone|फोन|फ़ोन pe|par|पर swagat|login|स्वागत|लॉगिन
        yeni cihaz* ... giris|hos|benim degil|yok
        """,
    "data_exposed": """
        see|seeing|saw|show|shows|showing|showed|shown|got|received|sent|access|accessed|view|viewing|logged|giving|gave|have|has|getting|given|open|opened|display* ... someone|somebody|another|other|others|strangers|stranger|elses|random ... elses|customers|customer|persons|person|peoples|people|users|user|strangers|account|accounts <personal>|orders|purchases|data|private|personal|medical|purchase|home|bank|saved|full
        someone|somebody elses <personal>
        another|other|different|wrong customers|customer|persons|person|peoples|people|users|user|accounts|members|member ... <personal>|orders|medical
        strangers <personal>|orders
        data|customer|privacy leak|leaks|leaked|breach|breached|exposure
        leak|leaked|leaking|leaks|exposed|exposing|exposes|published|posting|posted|breach|breached ... <personal>|customer*|personal|private|data
        customer*|users|user|personal|private|our|my|peoples|everyones|employee* <personal>|home|data ... exposed|leaked|public|publicly|visible|breached
        <personal> of|for other|another|all|every|hundreds|thousands|many|random customers|customer|people|users|person
        logged|logs|signed|signs me? into|in|as ... someone|somebody|strangers|another|other|wrong
        everyones|everybodys <personal>
        reply all|cc|cced|bcc ... customers|customer|emails|addresses|everyone|people
        emails|addresses|people|customers in|on the|cc|open? cc
        database|spreadsheet|list|s3|bucket ... public|exposed|open|unsecured|leaked
        दूसरे|दूसरों|किसी|अन्य ... का|की|के ... पता|डाटा|डेटा|डिटेल*|खाता|अकाउंट|नंबर|जानकारी|इनवॉइस|ऑर्डर दिख*|आ|मिल*|लीक
        डेटा|डाटा|जानकारी|निजी लीक
        kisi|dusre|dusro|doosre|kisi aur|customer|log|logo|logon ka|ki|ke ... data|address|details|detail|account|number|naam|invoice|phone|info|profile|order|orders dikh*|aa|khul*|mil*|show|leak
        kisi aur ka|ki|ke data|address|details|account|number|invoice|profile|info
        dusre|doosre customer|customers|logo|bande|user|users ka|ki|ke ... data|address|details|account|number|orders|order|invoice|info
        data|details|info leak ho|hua|kar|hogaya|hai
        baska|diger|baskasinin|baskasina|baskalarinin|tanimadigim ... musteri*|kisi*|birinin|insan*|kullanici*|bilgi*|adres*|hesab*|siparis*|fatura*|ait ... bilgi*|adres*|hesab*|siparis*|fatura*|telefon*|isim*|numara*|kart*|gorun*|goruyorum
        hic tanimadigim|bilmedigim ... birinin|kisinin|insanlarin|kisilerin ... adi|isim*|adres*|telefon*|bilgi*|siparis*|fatura*|gorun*|cikiyor
        baskasinin|baskalarinin bilgi*|adres*|hesab*|fatura*|siparis*|telefon*|kart*
        kisisel|musteri* bilgi*|veri* ... sizd*|ifsa|acikta|acik|paylas*|yayin*|gorun*
        veri|bilgi sizinti*|ihlal*|sizdi*
        see|seeing|sees|got|received|show|shows|showing|have|view ... neighbours|neighbors|strangers|customers|peoples|persons|someones|another|elses|womans|mans|ladys|guys ... <personal>|bank|sort|orders|medical
        hundred|hundreds|thousand|thousands|dozens|xlsx|spreadsheet|csv ... names|customers|people|emails|addresses|phone|numbers ... phone|addresses|emails|numbers|names|details|data|cards
        file|list|document|attachment|pdf with|of|full ... names|customers|customer|peoples|emails|addresses ... phone|addresses|emails|numbers|details|data|cards
        names|emails|addresses|phone ... phone|numbers|addresses|emails ... of|for other|hundreds|customers|people|strangers|everyone
        whose|someone elses|other|another|her|his ... account|name|address|details ... shows|showing|instead|in|when|my login
        दूसरे|पड़ोसी|किसी|अनजान ... कार्ड|पता|खाता|डिटेल|नाम|नंबर|ऑर्डर दिख*|खुल*|आ
        baskasinin|baskalarinin|yabanci*|komsumun ... gor*|geldi|cikiyor|acil*|gorun*
        """,
    "fake_account": """
        fake|imposter|impostor|bogus|fraudulent|clone|cloned|phony|counterfeit ... account|profile|handle|page|support|helpline|agent|rep|number|customer|brand|bot
        impersonat*
        pretend|pretends|pretending|posing|poses|claiming|claims|claimed|pretended|acting to? be|from|as ... brand|support|you|your|customer|official|agent|help|from|staff|helpdesk|care
        account|someone|somebody|guy|number|page|profile|person ... pretend*|posing|impersonat*|claiming
        not your|the official|real account|page|number
        फर्जी|नकली|फेक ... अकाउंट|नंबर|कॉल|पेज|आईडी|प्रोफाइल|एजेंट
        fake|farzi|farji|nakli|jhootha|jhutha ... account|number|id|page|profile|call|agent|support|customer
        brand|company|customer ban|bankar|banke|banker
        brand ke|ka|ki naam se|par|pe
        sahte|taklit|dolandirici ... hesap*|numara*|profil*|sayfa*|destek*|temsilci*|musteri
        brand|sizin|kendini|kendisini adiniza|adina|adini|gibi|olarak ... tanit*|aray*|ariyor|kullan*|mesaj
        account|someone|somebody|caller|number|person|guy|page|profile|handle|they|he|she|rep ... asking|asks|asked|demanding|demanded|wanting|wants|requesting|collecting for? ... card|cvv|otp|pin|bank|password|upi
        someone|somebody|caller ... called|calling|rang|texted|messaged|phoned ... from|saying|claiming|pretending|asking
        brand|आपके|नॉर्थविंड|company के|का नाम से|पर
        naam se|pe ... call|phone|msg|message|sms|account
        sizin|brand|firmanizin adiniz*|adina|adinizla|adiyla|ismiyle
        url|com|net|co|org ... is|isnt not? brand
        not the? real|official|actual|genuine brand
        asli|असली brand nahi|nhi|nahin|नहीं
        gercek brand degil
        phone|line|call ... said|says|claimed|claiming ... from? brand ... security|fraud|support|refunds
        """,
    "asks_card": """
        ask|asks|asking|asked|request|requests|requesting|requested|want|wants|wanted|demanding|demand|collecting|need|needs|send|sends|sending|dm|dming|dms|messag*|tell|telling|get|give|for|take ... card|cvv|otp|pin|bank|password|passwords|upi|payment|ssn|login|sort|iban|credit|debit|banking|gift
        card|cvv|otp|pin|bank|password|upi|payment details|detail|number|numbers|info|code|data to|?|.|and|from
        कार्ड|ओटीपी|सीवीवी|पिन|पासवर्ड|यूपीआई|बैंक ... मांग*|पूछ*|माँग*
        card|cvv|otp|pin|password|upi|bank|paise|account ... maang*|mang*|puch*|pooch*|manga
        kart*|sifre*|cvv|iban|onay|sms|kimlik|banka ... istiyor*|istedi*|soruyor*|sordu*|isteyen|istendi|soran|topluyor
        card|cvv|otp|pin|bank|password number|and|or|.|? ... replying|dm|account|people
        ओटीपी|कार्ड|पिन ... माँग|मांग|माग|पूछ रहे|रहा|रहे|लिया
        otp|card|pin|cvv maang|mang|pooch|puch rahe|raha|rhe|liya
        kart bilgilerini|bilgisini|bilgileri|numarasini
        digits|numbers|code on the back
        ankara|arkasindaki|arka ... uc hane*|rakam*|numara*
        peeche|पीछे ke|के teen|तीन number|digit|अंक|नंबर
        took|taken|has my|his|her|their|our ... card number|details
        card ka number le
        कार्ड का नंबर|नम्बर ले
        kart numara* aldi|almis|aldilar|kaptirdi*
        """,
    "phishing": """
        phishing|phish|phished|smishing
        scam|fake|suspicious|fraud|fraudulent|bogus|dodgy|spoof|spoofed ... text|texts|sms|email|emails|mail|link|links|call|calls|message|messages|website|site|whatsapp|domain|url|app|ad|ads|qr
        text|texts|sms|email|emails|mail|message|messages|call|calls|whatsapp|dm|link ... pretend*|claiming|claims|claimed|impersonat*|posing|saying|looks|purport*|supposedly ... brand|you|your|from|scam|phish*|legit
        is|was this|that|it|the ... email|text|sms|message|link|call|website|site|dm|offer ... legit|genuine|real|scam|fake|you|from
        received|got|getting ... text|sms|email|message|call|link|whatsapp ... scam|phish*|click|verify|prize|won|legit|genuine|fake
        people|customers|others|users are|be|getting beware|aware|scam|fraud|targeted
        फर्जी|फेक|नकली ... मैसेज|लिंक|वेबसाइट|ईमेल|एसएमएस|साइट
        fake|farzi|farji|nakli ... link|msg|message|messages|sms|email|mail|site|website|whatsapp|app
        sahte|dolandirici*|supheli ... sms*|mesaj*|link*|mail*|site*|eposta*|arama*|uygulama*|reklam*|aradi|ariyor
        oltalama
        text|sms|email|message|mail ... parcel|package|delivery|account|refund|prize|points ... pay|click|link|verify|confirm|fee|dot
        clicked|tapped ... link ... scam|fake|text|sms|card|bank|account
        dad|mum|mom|mother|father|grandma|nan clicked|tapped|paid|entered|fell
        looks|look very|so|really? real|legit|convincing
        link atiyor*|gonder*|geliyor|geldi
        sms|mesaj geliyor|geldi|atiyorlar|gonderiyorlar ... link|odeyin|odeme|tikla*|sahte
        adiniz*|adina|adinizla|isminizle sms|mesaj|mail|ariyor*|ara*|link
        इनाम|लकी|लॉटरी ... निकला|जीता|ओटीपी|लिंक
        नाम से फोन|कॉल|मैसेज|लिंक|ईमेल
        naam se call|phone|msg|message|sms|link|fake
        inaam|lottery|lucky nikla|draw|jeeta
        """,
    "outage": """
        app|site|website|service|services|server|servers|system|systems|checkout|payment|payments|login|api|portal|page|platform|terminal|terminals|pos|online|everything|internet|network|tills|card|stores|brand|banking|wallet|ordering is|are|was|been|went|goes|completely|totally|all|seems|just|has|have|appears|machines|still ... down|offline|crashed|unavailable|dead|broken|inaccessible|out|failing
        app|site|website|server|servers|system|checkout|payments|payment|login|api|portal|page ... not|isnt|wont|cant|doesnt|arent|dont|stopped|never ... load|loading|work|working|open|opening|respond*|connect*
        app|site|website|server|servers|system|checkout|payments|payment|login|api|portal|page down|crashed|crashing|crashes|offline|outage|error|errors|timing|timeout
        outage|outages
        cant|cannot|couldnt|unable|wont to? log|login|sign|checkout|check|pay|access|connect|open|load|order|let ... in|app|site|website|out|account|at|anything|me
        logged|kicked|locked|signed ... out of app|the|my|account
        error 500|502|503|504|code
        500|502|503|504 error|errors|bad|gateway|service
        brand down|outage|offline|crashed|crashing
        ऐप|एप|साइट|सर्वर|वेबसाइट|पेमेंट|सिस्टम ... डाउन|बंद|ठप|क्रैश|नहीं|खुल|चल
        app|site|server|website|payment|system|checkout|login ... band|thap|crash*|nahi|nhi|nahin|down|hang ... hai|chal*|khul*|ho|kar|raha|gaya|pada|pade
        uygulama*|site*|sistem*|sunucu*|app|odeme*|panel* ... coktu|acilmiyor|calismiyor|girilmiyor|cokmus|kapali|hata|giremiyor*|gitti|patladi|yok|acilmadi|donuyor|girmiyor
        giremiyorum|giremiyoruz|giris ... uygulama*|site*|hesab*|yapamiyor*
        checkout|payments|payment|tills|till|cards|card|app|site|pos|terminals|website|ordering|login dead|frozen|down|offline|spins|spinning|broken|stuck|dying|died|out|crashing|failing
        all|every|both|none tills|till|stores|terminals|registers|page|of ... down|frozen|work|offline|dead|503|broken
        503|500|502|504|404 on|every|error
        cant|nobody|noone|cannot ... pay|checkout|order|log|login|access|sign ... by|card|in|out|on|at|with|anything|since|now
        brand|नॉर्थविंड ... coktu|cokmus|acilmiyor|calismiyor|gitti|giremiyor*|girilmiyor|down|डाउन|बंद|ठप
        giremiyor*|girilmiyor|acilmiyor|odenmiyor|odeme ... kimse|herkes|kisi|ofis*|arkadas*
        pos|terminal ... band|bozuk|calismiyor|kharab|खराब|बंद|down|dead
        pos cihazi bozuk|calismiyor|coktu
        """,
    "many_people": """
        everyone|everybody ... down|cant|same|having|affected|is|has|getting|reporting|complaining|in|at|i
        everyones|everybodys
        for everyone|everybody|everywhere|us|all|thousands|hundreds|millions|many
        all of us|my|our|users|customers|stores|branches|over
        multiple|many|several|other|lots|tons|loads|hundreds|thousands|dozens|millions|more|numerous of? people|users|customers|friends|colleagues|coworkers|reports|stores|cities|persons|others|shops|complaints|tweets|posts
        # of? people|users|customers|us|friends|colleagues|coworkers|reports|stores|of|others|tills
        two|three|four|five|six|ten of|people|friends|colleagues ... us|same|too|office|have|cant|down
        whole|entire office|team|family|city|country|company|building|town|region|department|street|area|shop|floor|neighborhood|neighbourhood|timeline|warehouse
        nobody|noone can|in|at|is
        no one can|in|at|is
        me and|too my|same
        same here|for|issue|problem|thing
        same with my
        my friends|colleagues|coworkers|team|wife|husband|family|flatmate*|neighbor*|neighbour*|brother|sister|roommate* ... too|also|same|cant|down|as|either
        downdetector|trending
        nationwide|worldwide|countrywide|statewide|citywide
        across the|all|london|india|turkey|istanbul|delhi|mumbai
        not just|only me|for|mine
        isnt|is just not? me
        lots|loads|plenty of people|us|complaints|others
        we all
        सब|सभी|सबका|सबके|सारे|लोगों|हजारों|कई|हम ... का|के|को|लोग|लोगों|सब|यूजर|दोस्त*|ग्राहक*|साथ
        sabka|sabke|sabko|sabhi|sare|saare|sbka
        sab log|logo|ka|ke|logon|ko|users
        sab|kai|bahut|bohot|hazaron|hajaron|itne se? log|logo|logon|users|customers|customer|dost
        dost*|doston|colleague*|office|ghar|family ke? ... bhi|sab|sabka|sabko|same
        hum sab
        herkes*|hepimiz*|hicbirimiz|hic kimse
        kimse|kimsede giremiyor|yapamiyor|acamiyor|odeyemiyor|calismiyor
        arkadas* da|de|larim|ayni|bende
        bircok|cok|onlarca|yuzlerce|binlerce|tum|butun|suru kisi*|insan*|musteri*|kullanici*|sube*|sikayet*|turkiye*|ofis*|sirket*
        # kisi*
        ayni sorun* ... yasayan*|herkes*|var|yasiyor
        sadece|yalnizca bende|ben degil
        #|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|several|dozens|hundreds of us|them|people|my|colleagues
        in my|your|the mentions|replies|comments|feed
        whole|entire|all tills|stores|office|of
        sister|brother|mum|mom|husband|wife|friend ... is|too|there|also|same
        # log|logo|dost|bande
        kisi denedik|deniyoruz|giremiyor
        alti|bes|dort|uc|iki|yedi|sekiz|on kisi
        """,
    "discrimination": """
        racis*|racial|racially|bigot*|xenophob*
        discriminat*
        sexist|sexism|misogyn*|homophob*|transphob*|islamophob*|antisemit*|ableist|ableism|casteist|casteism|ageist
        slur|slurs
        because|cause|cuz|since|for i|im|i|we|were|of|she|hes|shes|he|being|my am|is|was|are|my|her|his|their|our|were|a|wear|wears|wearing|being? ... black|muslim|dalit|gay|lesbian|indian|pakistani|asian|african|jewish|brown|disabled|deaf|blind|trans|skin|hijab|race|religion|caste|accent|wheelchair|colour|color|turban|kurdish|sikh|hindu|woman|female|pregnant|autistic|immigrant|foreign|foreigner|arab|syrian|mexican|latino|chinese|nationality|ethnicity|gender|disability|headscarf|burqa|kippah
        refused|refuse|denied|kicked|thrown|banned|turned|wouldnt ... guide|service|assistance dog
        refused|denied|kicked|thrown|banned|turned ... wheelchair|hijab|turban|muslim|black|gay|headscarf|skin|disabled|deaf
        racially|racial profil*|abuse*|slur*|motivated
        profiled me|us|him|her
        n word
        go back to your|where country|you
        people like you|your kind|us not|arent|cant|dont|here|steal
        भेदभाव|नस्लवाद*|नस्लीय|जातिवाद*|जातिसूचक
        जाति|धर्म|मुस्लिम|मुसलमान|दलित|विकलांग|हिजाब ... वजह|कारण|होने|देखकर|पूछ*
        bhedbhav|bhedbhaav|jaativad|jativad|jaatiwad
        bhed bhav|bhaav
        muslim|dalit|jaati|jati|dharm|hijab|caste|kaala|kala|musalman ... wajah|vajah|karan|hone|dekh*|puch*
        irkci*|ayrimci*|ayrimcilik*
        basortu*|turban*|kurt|engelli|zenci|suriyeli|eşcinsel|esmer|alevi|yabanci ... oldugu*|diye|yuzunden|icin|nedeniyle
        your|their|our kind ... always|steal|steals|dont|not|here|of|people
        <staff>|guard|manager|cashier ... called|told|said|asked ... autistic|foreign|black|muslim|halal|go|language|english|your|paki|gypsy|slur
        halal|hijab|turban|accent|skin|skinned|headscarf ... down|other|elsewhere|refused|served|stuff|laughed|mocked|wrong|told
        served|serving ... behind|after|before|white|others me|us ... first
        only|why i|me|us|brown|black ... asked|searched|stopped|checked|followed ... receipt|bag|me|random|around
        speak|learn english|proper
        random check|search
        tum|aap log|logo ... chor*|chori|hamesha|yahan|idhar|english|jaise
        english nahi|nhi aati|aata|bol*
        nahi aati|aata to ... mat|yahan|yaha|aao
        तुम लोग ... चोर*|चोरी|हमेशा
        """,
    "on_video": """
        video|videos|footage|filmed|cctv|viral|clip|livestream|recording|recorded
        on|caught|have camera|tape|film
        # k|m|million|thousand views
        # views
        🎥|📹|📸
        वीडियो|विडियो|वायरल
        viral ho|hua|hai|kar
        goruntu*|videosu|videoya|videosunu|kayda|kaydettim|kamera*|viral
        """,
    "press": """
        journalist|reporter|correspondent|newsroom
        im|am|i|this|my|we ... with|from|at|for|of the? times|bbc|cnn|guardian|reuters|ndtv|bloomberg|post|tribune|herald|gazette|telegraph|mail|news|newspaper|magazine|journal|hindu|chronicle|hurriyet|sozcu|milliyet|press
        writing|working|reporting|preparing|doing|producing|running|publishing|filing on? a|an|our|the|about story|article|piece|report|segment|feature|news|investigation
        request|requesting|seeking|asking|reach* ... comment|statement|response ... story|article|publication|press|media|piece|report|deadline|today
        press|media inquiry|enquiry|query|office|deadline|contact|team|request|questions
        comment|statement|response before publication|publish*|deadline|we|print
        for comment
        editor|producer at|of|for|with the? news|bbc|magazine|tv|channel|newspaper|times|daily
        पत्रकार|संवाददाता|रिपोर्टर
        patrakar|samvaddata
        gazeteci*|muhabir*
        haber* yapiyor*|hazirliyor*|yazacag*|yayinla*|icin
        basin|haber mensubu|aciklama*|merkezi|muduru|dairesi
        """,
    "today": """
        today|tonight|todays|asap
        this afternoon|evening|morning|hour
        by # pm|am|p|a|oclock|gmt|ist|utc|est|hrs
        by|before end|eod|noon|midnight|cob|close|5pm|6pm|tonight
        before|at|until # pm|am|p|gmt|ist|oclock
        deadline is? #|today|tonight|in|5pm|6pm
        in|within|next|under # hour|hours|hrs|hr|minutes|mins|min
        within|in|next an|the|one|two|three|couple|few of? hour|hours|minutes
        same day
        आज|अभी
        शाम|घंटे|घंटों तक|में
        aaj|sham|shaam
        # ghante|ghanta|ghanton me|mein|tak
        bugun*|aksama|aksam*|ogleye kadar|icinde
        bugun|bugune|aksama
        # saat icinde|var|kadar
        saat # kadar|de|da|e|a
        """,
}

SERIOUS = {
    "money": """
        refund*|money|payment*|charged|charge|charges|debit*|deduct*|amount|balance|deposit|cash|funds|billed|paid|salary|credit|transfer*|payout|cashback|wallet
        ₹|$|€|£|₺
        # rs|usd|dollars|euros|rupees|inr|tl|lira|pounds|bucks
        rs # #!
        पैसे|पैसा|रिफंड|रुपये|रुपए|रुपया|भुगतान|रकम|पेमेंट
        paise|paisa|rupay*|rupees|rupaye|rupye|refund*|payment|raqam|rakam
        para|param|parami|paramiz*|paranin|iade*|odeme*|ucret*|bakiye*|lira|tutar*
        #|few|couple lakh|hundred|thousand|grand|k|bin
        """,
    "repeated_debit": """
        charged|debited|billed|deducted|charge|charging|charges|took|taken|paid|withdrew|withdrawn|debit|pay ... twice|thrice|double|again|doubly
        charged|debited|billed|deducted|taken|withdrawn ... #|two|three|four|five|multiple|several|2x|3x times|separate
        charged|debited|billed|deducted 2x|3x|4x
        double|duplicate|multiple|triple|repeated|twice charge*|debit*|payment*|billing|billed|deduct*|transaction*|withdrawal*
        keep|keeps|kept charging|debiting|taking|deducting|billing|withdrawing
        still|again charging|charged|debiting|debited|billing|deducted|billed|taking ... after|cancel*|month|monthly|again|even|despite|me
        charged|debited|billed|deducted ... again|every month|day|week|time
        दो|तीन|चार|बार|डबल|दोबारा|# बार ... कट*|पैसे|पैसा|चार्ज|डेबिट|काट*
        पैसे|पैसा|पेमेंट|रकम ... दो|तीन|बार|डबल|दोबारा बार|कट*|बार
        do|2|teen|3|baar|double|dobara|dubara|char baar|bar|time? ... paise|paisa|kat*|debit*|deduct*|charge*|kaat*
        paise|paisa|payment|amount|rupees|rs ... do|2|teen|3|baar|double|dobara|dubara baar|bar|kat*|times|deduct*|debit*
        iki|2|uc|3|dort|cift|mukerrer|tekrar|ikinci|birden kez|kere|defa|fazla? ... cek*|tahsil*|odeme*|para*|ucret*|cekim*
        para*|ucret*|odeme*|kart*|tutar* ... iki|2|uc|3|cift|mukerrer|tekrar kez|kere|defa|cek*|tahsil*
        mukerrer cekim|odeme|tahsilat
        second|third|fourth|fifth|#|every|each|2nd|3rd|4th month|week|year|time|debit|charge ... row|again|charged|debited|taken|billed|cancel*|running
        charged|taking|debiting|billing|billed|took ... membership|subscription|plan|trial|plus|prime|money ... cancelled|canceled|ended|closed|stopped
        uc|iki|dort|her|# ay|aydir|hafta ust|arka ust*|arkaya|cek*|odeme|fatura
        har|teen|do|# mahine|month ... kat*|charge*|debit*|cut
        membership|subscription|plan ... cancel*|band ... kat*|charge*|debit*
        """,
    "hardship": """
        rent|mortgage|eviction|evicted|homeless
        cant|cannot|couldnt|unable to? afford|eat|feed|pay|buy ... food|groceries|rent|bills|kids|family|medicine|anything|mortgage
        feed|feeding my kids|family|children|baby
        my|whole|last|only|entire|months|all salary|wages|savings|paycheck|pension|money|cash|dollar|income
        overdraft|overdrawn|bounced|starving|starve|hungry
        school|tuition|hospital|exam|college fees|fee|bill
        for|need ... groceries|medicine|food|surgery|treatment
        living paycheck|paycheque
        livelihood|stranded|destitute|broke
        किराया|राशन|फीस|तनख्वाह|सैलरी|किराए|इलाज
        घर कैसे|चल*
        kiraya|rashan|ration|tankhwah|salary|emi|fees|ilaaj|ilaj
        ghar kaise|chal*|kharch*
        khana|khaane khane|ke|kaise
        kira|kiram*|kirayi|maas|maasim*|gecinem*|borc*
        son param*
        ac kaldik|kaldim
        kirami|maasim|gecinemiyorum|gecinemiyoruz|aciz
        rent ... due|goes|tomorrow|out|pay|late
        last money|of|cash|dollar|rupee|lira
        lost my? job|the
        on disability|benefits|welfare|pension
        bills|food|rent ... this|tomorrow|week|pay|cant
        cant|cannot|couldnt afford|eat|feed
        fees|fee|rent ... kaise|bharu|bharun|dein
        फीस|किराया|राशन ... कैसे|दूं|भरूं
        """,
    "failed_contacts": """
        third|3rd|fourth|4th|fifth|5th|sixth|6th|seventh|7th|eighth|8th|ninth|tenth|10th|hundredth|umpteenth|nth call|email|message|mail|time|ticket|attempt|tweet|dm|complaint|contact|request|chat|day
        third|3rd|fourth|4th|fifth|5th|sixth|6th|seventh|7th|eighth|8th|ninth|tenth|10th|hundredth|umpteenth|nth phone|support|online|live|separate|different|unanswered|angry|polite|such|and|or? call|email|message|mail|time|ticket|attempt|tweet|dm|complaint|contact|request|chat
        # th|rd time|call|email|message|ticket|attempt|complaint
        call|called|calling|contact|contacted|contacting|email|emailed|emailing|messaged|messaging|rang|wrote|written|complained|complain|tweeted|spoken|spoke|dmed|asked|reported|followed|chased|reached|raised|talked|reminded|phoned|mailed|texted ... #3|three|four|five|six|seven|eight|nine|ten|twelve|multiple|several|countless|many|dozen|dozens|numerous|hundred times|different|agents|people|occasions|calls|emails|tickets
        tried|trying|attempted ... #3|three|four|five|six|ten|multiple|several|many|countless times ... contact|call|reach|email|message|speak|get|hold|talk
        tried|trying|attempted ... contact|call|reach|email|message|speak|talk|get ... #3|three|four|five|six|ten|multiple|several|many|countless times
        #3|three|four|five|six|seven|eight|nine|ten|dozen|dozens|multiple|several|countless|numerous|repeated|many|endless of? calls|emails|tickets|messages|complaints|chats|agents|dms|reps|reminders|mails|contacts|phonecalls|escalations|requests|representatives ... no|and|later|still|zero|nothing|but|without|to|each|nobody|ignored|or|with|about|different|.|?|,|i|they
        #3|three|four|five|six|seven|eight|nine|ten|dozen|many|several|multiple|countless phone|support|unanswered calls|tickets|emails|messages|agents
        spoke|spoken|talked|passed|transferred|bounced|called to|with|between|around #3|three|four|five|six|seven|eight|ten|multiple|several|different|many ... agents|people|reps|departments|representatives|staff|advisors
        तीन|चार|पांच|पाँच|छह|सात|आठ|दस|कई|बार|#3|दसवीं|तीसरी|चौथी|पांचवीं बार ... कॉल|फोन|शिकायत|मेल|ईमेल|संपर्क|मैसेज|बोल*|बता*|कर|टिकट
        कॉल|फोन|शिकायत|मेल|ईमेल|संपर्क|मैसेज ... तीन|चार|पांच|पाँच|छह|सात|दस|कई|बार|#3 बार
        teen|char|chaar|paanch|panch|chhe|saat|aath|das|kai|baar|bar|#3|teesri|tisri|chauthi|kitni baar|bar ... call*|phone|mail*|complaint*|complain|contact|message|msg|bol*|email*|bata*|ticket|request
        call*|phone|mail*|complaint*|complain|contact|message|msg|email*|ticket ... teen|char|chaar|paanch|panch|chhe|saat|das|kai|baar|bar|#3|itni|kitni baar|bar|times
        #3|uc|dort|bes|alti|yedi|sekiz|on|onlarca|defalarca|kac|ucuncu|dorduncu|besinci|yuz kez|kere|defa|kezdir|keredir|defadir ... ara*|yaz*|mail*|sikayet*|iletis*|basvur*|mesaj*|soyle*|cevap*|donus*|talep*
        aradim|ariyorum|yazdim|yaziyorum|mail|mesaj|basvurdum|sikayet ... #3|uc|dort|bes|alti|yedi|on|defalarca|onlarca|kac kez|kere|defa|attim
        defalarca|kactir|surekli ara*|yaz*|mail*|iletis*|basvur*|sikayet*|mesaj*|ariyor*
        # th|rd|nd ... email|call|ticket|time|message|try|attempt|request|chat|agent|case|reminder
        sent|given|provided|uploaded|submitted|emailed|raised|opened|filed|asked|told|explained|repeated ... #3|three|four|five|six|seven|eight|ten|multiple|several|many times|tickets|emails|people|agents|cases
        thats|this is|thats|makes it #3|three|four|five|six|seven|third|fourth|fifth|sixth tries|attempts|calls|times|emails|time|call|email|ticket
        #3|three|four|five|six|seven|eight|ten tries|attempts|follow|followups|escalations|callbacks
        different|each|every time|agent ... different|says|tells|answer|story
        her|dort|uc|bes|alti ... seferinde|ayri ... iptal|baska|farkli|mail|arama
        """,
    "legal_step": """
        lawyer|lawyers|attorney|attorneys|solicitor|solicitors|attorneys|barrister|barristers
        legal action|notice|team|proceedings|case|steps|route|advice|recourse|complaint
        legally
        sue|suing|sued|lawsuit|lawsuits|litigation
        see you in court
        in|to|go|going|take|taking|small|consumer|district|high ... court|courts|tribunal
        small claims
        consumer forum|court|commission|protection|affairs|rights|helpline|tribunal|ombudsman|board|authority
        ombudsman|ombudsmen|regulator|regulators
        trading standards
        ftc|cfpb|fssai|trai|rbi|ofcom|ico|fos
        better business bureau
        attorney general
        police complaint|report|case|station|fir
        filed|file|filing|lodged|lodging|lodge|register* ... fir|police|case|complaint ... with|against|cyber|police|forum|you|regulator
        filed|file|filing|lodged an|a? fir
        reported|reporting|report|complaint|complained ... to|with ... police|rbi|trai|fssai|authority|authorities|regulator|bank|ftc|ombudsman|cyber|government|ministry|commission|fca|cpsc|council
        class action
        data protection authority|commissioner|commission|complaint
        gdpr complaint|request|violation|breach
        press charges
        edaakhil|jagograhak
        वकील|कोर्ट|अदालत|कानूनी|मुकदमा|एफआईआर|लोकपाल
        उपभोक्ता फोरम|आयोग|अदालत|न्यायालय|मंच|कोर्ट|हेल्पलाइन
        पुलिस ... शिकायत|केस|रिपोर्ट|कंप्लेंट
        केस कर*|करूंगा|करूँगा|दर्ज|ठोक*
        vakil|vakeel|kanooni|kanuni|mukadma|adalat|upbhokta
        consumer|court forum|court|mein|me|jaunga|jaungi|jayenge|jaana|case|jana|le
        police me|mein|mai|complaint|ke|jaunga|station
        case kar*|karunga|karungi|karenge|thok*|daal*|dal*|file
        fir kar*|karunga|darj|likh*|file
        avukat*
        mahkeme*
        dava ac*|acacag*|acacagim|edecegim|surec*|ediyorum|dilekce*
        hukuki|yasal|kanuni islem*|surec*|yol*|hak*|adim*
        tuketici hakem*|heyet*|mahkeme*|haklari|hakki|dernegi
        hakem heyet*
        savcilik*|savciliga|cimer*|btk|bddk|kvkk|ihtarname|noter*
        suc duyurusu*
        polise|karakola|emniyete
        """,
    "health_item": """
        insulin|medicine*|medication*|meds|inhaler*|prescription*|epipen*|oxygen|dialysis|nebuli*|antibiotic*|chemo|glucometer|antihistamine*|catheter*|anticoagulant*
        heart|blood|thyroid|asthma|diabetes|diabetic|epilepsy|seizure|cancer|pressure|allergy pills|tablets|medicine|medication|pressure|meds|strips|drug|drugs|pump|supplies|monitor
        diabetic|diabetes|epileptic
        baby|infant formula|milk|food
        formula|feeding tube|milk ... baby|newborn|infant|tube
        breast pump
        hearing aid|aids
        medical equipment|device|supplies
        दवा|दवाई|दवाइयां|दवाएं|इंसुलिन|इनहेलर|ऑक्सीजन|दवाइयाँ
        dawa|dawai|dawaai|davai|dawaiyan|dava|insulin|inhaler|oxygen
        bachche|baby|bacche|bachhe ka|ke|ki doodh|dudh|formula|milk
        ilac|ilaci|ilacim|ilacimi|ilacini|ilaclar*|ilacimiz|insulin*|recete*|oksijen*|inhaler
        bebek|bebegimin|bebegin mama*|sut*|ilac*
        mamasi|mama|ilaci|ilac bitti|kalmadi|gelmedi|yok
        feeding pump|tube|bags|bag
        epilepsy|asthma|heart|bp|sugar|thyroid|seizure|inhaler|insulin ... medicine|medication|meds|tablets|spacer|pills|dawai|refill
        pharmacy|chemist ... order|delivery|slot|only|prescription
        cpap|nebuliser|ventilator|glucose|colostomy|stoma|incontinence
        formula|baby powder|tin|milk|formula
        बच्चे|बच्ची|शिशु का|की|के दूध|दवा*|मिल्क
        ऑक्सीजन|इंसुलिन|दवा|दवाई|कंसंट्रेटर|नेबुलाइज़र
        papa|mummy|maa|dadi|dadaji|pitaji|baba ki|ke|ka ... dawai|dawa|medicine|insulin|oxygen
        annemin|babamin|dedemin|oglumun|kizimin ilac*|insulin*|cihaz*
        """,
    "not_delivered": """
        not|hasnt|havent|didnt|never|isnt|wont|still|wasnt|doesnt|no ... arriv*|deliver*|come|came|shown|received|receive|here|dispatched|shipped|got|refilled|sign
        late|delayed|delay|missing|lost|stuck|undelivered|overdue|cancelled|canceled|failed
        where|wheres is? my|the|our
        running|ran out
        नहीं|नही ... आया|आई|आयी|मिला|मिली|पहुंचा|पहुंची|पहुँचा|डिलीवर
        लेट|देर|देरी|कब
        nahi|nhi|nahin|ni ... aaya|aayi|aya|ayi|mila|mili|pahunch*|pahuch*|deliver*|aa|hua|aai
        kab aayega|aayegi|milega|milegi|tak
        late|der|delay
        gelmedi|gelmiyor|gelmemis|ulasmadi|ulasmiyor|gecik*|kayip|edilmedi|kayboldu|gec|nerede
        was|were|is on|due|booked|in|for|meant ... slot|today|morning|#|pm|am ... its|now|still|not|delivered|here
        not|isnt|arent here|there|yet|come
        aana|aani|milna|chahiye|pahunchna tha|thi
        आना|आनी|मिलना|पहुँचना|पहुंचना|चाहिए था|थी
        fail|failed|out|empty|finished|khatam|bitti|bitmek|kalmadi
        needs|need it|them tonight|today|now|by
        utha|uthata nahi
        delivery|supplies|order|visit|slot ... skipped|missed|failed|cancelled|canceled
        """,
    "event_soon": """
        need|needed|needs|have it|this|them|to|these|that ... today|tonight|tomorrow|by|before ... morning|evening|noon|today|#|tonight|tomorrow|surgery|wedding|am|pm|flight
        need|needed|needs it|this|them by|before|for|in ... today|tonight|tomorrow|#|wedding|funeral|surgery|flight|exam|interview
        wedding|funeral|birthday|exam|flight|interview|party|surgery|operation|anniversary|event|trip|eid|diwali|christmas|graduation|presentation|ceremony|viewing|match ... today|tonight|tomorrow|hours|this|in ... hours|evening|morning|afternoon|.|?|,|and|at|#
        today|tonight|tomorrow|todays|tonights|tomorrows is|for|are|my|s ... wedding|funeral|birthday|exam|flight|interview|party|surgery|anniversary|event
        todays|tonights|tomorrows wedding|funeral|birthday|exam|flight|interview|party|surgery|event|dinner
        paid|ordered|promised|guaranteed ... same|next|express|overnight ... day|delivery|shipping
        same day|same-day delivery
        aaj|kal|kl ... shaadi|shadi|exam|flight|interview|birthday|party|puja|function|operation
        shaadi|shadi|exam|flight|interview|birthday|function|operation|puja ... aaj|kal|kl
        आज|कल ... शादी|परीक्षा|एग्जाम|जन्मदिन|फ्लाइट|ऑपरेशन|पूजा|इंटरव्यू
        शादी|परीक्षा|एग्जाम|जन्मदिन|फ्लाइट|ऑपरेशन|पूजा|इंटरव्यू ... आज|कल
        bugun*|yarin*|aksam* ... dugun*|sinav*|ucus*|dogum|ameliyat*|mulakat*|cenaze*|nisan*
        dugun*|sinav*|ucus*|dogum|ameliyat*|mulakat*|cenaze*|nisan* ... bugun*|yarin*|aksam*
        bugun|yarin|aksama lazim|yetismesi|yetismeli|gerekiyor
        ayni gun
        """,
    "vulnerable": """
        elderly|disabled|disability|wheelchair|pregnant|dementia|alzheimer*|dialysis|autistic|autism|blind|deaf|bedridden|widow|widowed|paralys*|paralyz*|ventilator|pensioner|quadripleg*|bedbound|housebound
        my|our|a|an ... grandmother|grandma|grandfather|grandpa|granny|nan|grandparents|nana ... alone|hospital|# |ill|sick|cant|bed|without|she|he|is|scared|stuck|crying
        #70|eighty|seventy|ninety year|yr|yo|years old|.|woman|man|mother|father|grandmother
        #70 yo|yrs|year|years old
        newborn|infant|premature|preemie
        cancer patient|treatment
        special needs
        senior citizen*
        old age
        chemo*
        oxygen machine|concentrator
        बुजुर्ग|विकलांग|दिव्यांग|गर्भवती|दादी|नानी|दादा|बूढ़ी|बूढ़े|नवजात
        बीमार मां|माँ|पिता|बच्चा|बच्ची|है|हैं
        bujurg|buzurg|bujurgh|divyang|viklang|dadi|nani|budhi|budhe|navjat|garbhvati
        beemar|bimar maa|ma|papa|pita|hai|baap|mummy|mother|father
        yasli|yaslidir|yasinda|engelli|engelliyim|hamile|hamileyim|anneannem*|babaannem*|dedem*|felcli|yatalak|yenidogan|kanser|tekerlekli|gorme|isitme
        on disability|benefits|oxygen|dialysis|chemo
        my|her|his|their|our|is autistic|disabled|elderly|blind|deaf|bedridden|diabetic ... son|daughter|mother|mum|mom|father|dad|brother|sister|wife|husband|grandmother
        month|months|week|weeks old baby|son|daughter|newborn|infant|twins
        महीने का बच्चा
        बुज़ुर्ग
        """,
    "staff_misconduct": """
        <staff>|guy|man|boy|person|partner|he|she ... abused|abusive|swore|swearing|cursed|cursing|shouted|shouting|yelled|yelling|screamed|screaming|insulted|insulting|threw|throwing|thrown|stole|stealing|stolen|drunk|mocked|mocking|bribe|spat|spit|peed|urinat*|forged|flirt*|creepy|masturbat*|misbehav*|lewd|tossed ... at|me|my|us|her|his|their|.|to|the|and|on|from|package|parcel|over|towards|food|with|while|signature|comments|our|
        <staff>|guy|boy ... ate|eating|opened|kicked|smoking|vaping|inappropriate ... my|our|food|parcel|package|order|the|while
        <staff>|guy|boy|person|partner|man ... asked|asking|demanded|demanding|demands|wanted ... bribe|tip|money|cash|extra|number
        misbehav*|misbehaviour|misbehavior
        abused|abusive|abusing ... <staff>|language|customers|me|words
        verbally abus*
        stole|stolen|theft|stealing by|my ... <staff>|package|parcel
        driver|courier|rider drunk|stole|threw
        forged|faked|fake my|signature|the|delivery signature|proof
        followed|filming|photograph*|texting|texted|messaging ... me|her|my|daughter ... home|number|private*|personally
        गाली|गालियां|गाली-गलौज|बदतमीजी|बदतमीज|बदसलूकी|दुर्व्यवहार|अभद्र|रिश्वत
        <karamchari> ... चोरी|शराब|चिल्ला*|पैसे मांग*|पी*|कर*|रहा
        gaali|gali|gaaliyan|galiya|gaaliya di|de|deta|diya|dene|dete|bak*
        badtameez*|batameez*|badtamiz*|batamiz*|badtmeez*|badtamij*
        <karamchari> ... chori|daaru|daru|sharab|rishwat|chilla*|misbehave*|behave|nashe
        rishwat|misbehave*
        kufur|kufretti|kufrediyor|kufretmesi|hakaret*
        <personel> ... bagirdi|calmis|caldi|sarhos|rusvet|azarladi|firlatti|firlatmis|kaba|terbiyesiz*|asagiladi|uzerime
        rusvet|terbiyesiz*
        <staff>|manager|cashier|he|she ... called|laughed|mocked|made|told ... my|me|us autistic|disabled|son|daughter|mother|mum|fat|stupid|idiot|problem|names|shut|cry
        <staff> ... pocketed|pocket|helped himself|kept|lied|fake|faked|signed
        on|caught camera|video|cctv ... <staff>|guard|driver
        """,
    "locked_funds": """
        money|balance|funds|wallet|credit|amount|savings|cash|payout|earnings ... locked|frozen|blocked|trapped|stuck|hostage|inaccessible|suspended|restricted|held
        locked|frozen|froze|blocked|suspended|restricted|disabled|deactivated|closed|banned ... account|wallet|me|card ... money|balance|funds|wallet|gift|#|$|£|€|₹|credit|cash|savings|salary|points|inside
        account|wallet|card ... locked|frozen|blocked|suspended|restricted|disabled|deactivated|closed|banned ... money|balance|funds|gift|#|$|£|€|₹|credit|cash|savings|salary|inside|in
        cant|cannot|unable|couldnt|wont to? withdraw|access|use|touch|reach|let ... money|funds|balance|wallet|savings|credit|cash
        withholding|holding|hold my|our money|funds|payout|refund|earnings
        पैसे|पैसा|बैलेंस ... फंस*|अटक*|ब्लॉक|फ्रीज|लॉक
        खाता|अकाउंट|वॉलेट|खाते ... ब्लॉक|फ्रीज|लॉक ... पैसे|पैसा|बैलेंस|रुपये
        paise|paisa|balance|wallet|amount ... fas*|phas*|atak*|atk*|stuck|block*|freeze|lock*
        account|wallet|khata ... block*|freeze|lock*|suspend* ... paise|paisa|balance|#|rupees|rs
        para*|bakiye*|param*|hesabimdaki|cuzdan* ... bloke*|dondur*|kilit*|askida|engel*|iceride|ulasamiyor*|cekemiyor*|mahsur|takili*
        hesab*|cuzdan* ... bloke*|dondur*|kilit*|askiya|engel*|kapat* ... para*|bakiye*|tl|lira|#
        """,
    "growing_loss": """
        losing|lose|lost|loses ... every|each|per|by ... hour|day|minute|single
        losing money|sales|business|customers|orders|revenue|clients|thousands|#|$|£|€|₹
        every|each|per hour|day|minute ... cost*|losing|lose|loss|lost|#
        costing|costs me|us|our ... a|per|every|each|# day|hour|minute|week|#|$|£|€
        late|penalty fee|fees|interest|charges|penalt* ... adding|accru*|piling|growing|mount*|increasing|every|daily
        interest|penalt*|fees|charges accru*|piling|mounting|growing|keeps|keep|adding
        keeps|keep|still|is|getting growing|increasing|adding|piling|rising|climbing|leaking|flooding|spreading|bigger|worse ... loss*|bill|charge*|debt|fees|damage|every|by|day|hour
        our shop|business|store|cafe|restaurant is|cant|has stopped|closed|at|take|operate
        हर|रोज|प्रति दिन|घंटे|रोज|नुकसान ... नुकसान|घाटा
        har|roz|rozana|daily din|ghante|roj|ka? ... nuksan|nuksaan|loss|ghata
        har|roz|daily din? nuksan|nuksaan|loss
        her|gunluk|saatlik|gecen|gectikce ... zarar*|kayb*|kaybed*|ceza|faiz
        zarar* buyuyor|artiyor|ediyoruz|ediyorum|buyumekte
        every|each|per|her|har hour|day|minute|saat|gun|ghanta|din ... lost|losing|lose|cost|hundred|sales|customers|musteri*|zarar*|kayb*|kaciriyor*|nuksan
        lost|losing sales|orders|customers|bookings|income|business|trade|revenue
        musteri*|satis* kaciriyor*|kaybed*|kayb*
        pos|terminal|card machine|till ... dead|down|calismiyor|broken|stopped
        zarar ediyoruz|ediyorum|yaziyoruz
        we|i lose|losing sales|customers|money|orders|business|revenue
        """,
    "business": """
        our|my company|business|firm|office|team|organisation|organization|enterprise|agency|school|hospital|restaurant|cafe|hotel|warehouse|studio|startup|stores|employees|clients|procurement|department|clinic
        # seats|licences|licenses|employees|stores|outlets|units|laptops|locations|branches|staff|users
        corporate|enterprise|b2b|wholesale account|contract|customer|client|order|subscription|plan
        business account|contract|customer|client
        annual|yearly|multi contract|year
        we|our are|spend|buy|order|purchase ... business|company|corporate|bulk|#
        our contract|account|subscription
        हमारी|हमारा कंपनी|ऑफिस|दफ्तर|बिजनेस|संस्था
        hamari|humari|humara|hamara company|office|business|firm|dukan|team
        sirketimiz*|firmamiz*|isletmemiz*|kurumsal|sirket|ofisimiz*|sirketce
        we|i run|own|manage|operate ... cafes|shops|stores|restaurants|hotels|clinics|#|business|salon|bar|school
        brand business|pro|enterprise|for business
        our|my cafe|cafes|restaurant|shop|salon|bar|hotel|clinic|staff|accountant|bookkeeper|store|card|terminal|till
        sirket|isletme|is hesab*|yerim*|yerindeki
        is yerimiz*|yerim
        muhasebe*
        laptops|phones|supplies|stock for|our office|team|company|staff
        our office|company ... laptops|phones|supplies|equipment|orders
        कंपनी का|की|के
        कॉन्ट्रैक्ट
        """,
    "leaving": """
        cancel|cancelling|canceling|cancelled|canceled|switch|switching|switched|moving|leaving|terminate|terminating|ending|closing|close|pulling ... account|subscription|membership|to|contract|brand|service|you|business|elsewhere|competitor*|provider|orders|over
        not|wont|never|no ... renew|renewing|order|ordering|buy|buying|shop|shopping|use|using|return|returning|come|coming|longer|back ... again|contract|here|anymore|ever|brand|from|subscription|you|back
        taking|take our|my business|custom|money elsewhere|to|away
        last|final time|order|purchase|straw|chance|warning
        lost|lose|losing a|me|loyal|us|my|another customer|as|business|custom
        done with|shopping brand|you|this|them|here
        never again
        goodbye|bye brand
        im|we|am|i|are|we're out|leaving|done|switching
        going|go|gone|goes to|with a|your|the? competitor*|competition|elsewhere|amazon
        uninstall*|deleting|deleted|delete ... app|account
        boycott*
        look|looking|find|finding elsewhere|alternative|alternatives|another
        दोबारा|फिर|अब कभी|से ... नहीं
        छोड़ रहा|रहे|दूंगा|देंगे
        dobara|dubara|phir|ab kabhi|se ... nahi|nhi|nahin|mat
        kabhi|kbhi nahi|nhi ... khareed*|kharid*|order|lunga|loonga|aaunga
        uninstall|delete kar*|karunga|kar|kiya
        chod|chhod raha|rahe|denge|dunga|diya|rhe|rahi
        bir daha|asla ... almam|almayacag*|asla|siparis|alisveris|girmem|tercih
        ayriliyor*|iptal ... ediyor*|edecegim|ettirecegim|ediyoruz|sozlesme*
        sozlesme*|uyelig*|abonelig* ... iptal|fesh*|sonlandir*|yenilem*|bitir*
        rakib*|baska firma*|yere|markaya ... gec*|gid*
        silecegim|siliyorum|sildim uygulama*
        moving|taking|switching the|our|my|all? account|business|contract|orders|custom ... to|elsewhere|unless|on|by
        gececegiz|geciyoruz|geciyorum|gecerim|gececegim
        unless|or ... leaving|leave|gone|done|moving|switch*
        moving|switching|going to|with another|a|other|your ... supplier|vendor|provider|company|shop|store|bank|brand|competitor*
        sozlesme*|uyelig* ... iptal|fesh* ediyor*|edecek|ettik|ediyoruz
        कॉन्ट्रैक्ट|करार|अनुबंध ... खत्म|रद्द|बंद
        contract ... khatam|cancel|band
        """,
    "price_error": """
        price|pricing error|glitch|mistake|bug|wrong|misprint
        misprice*|mispriced
        priced|listed|showing|selling|shows|sells|going|for|is|at|only ... #|$|₹|£|€ ... instead of|rather
        tv|laptop|phone|console|iphone|ps5|item|product|everything ... for|at|is|showing ... 0|1|free|99|zero ... checkout|site|website|app|glitch|error|instead
        decimal point|error|place
        people|everyone|everybody|bots are? ... ordering|buying|exploiting|abusing ... glitch|price|error|mistake
        गलत कीमत|दाम|प्राइस
        price galat|glitch|galti|mistake
        galat price|rate|daam
        fiyat* hata*|yanlis|hatasi|hatali
        yanlis|hatali fiyat*
        fiyat*|telefon|laptop|urun ... # tl gorunuyor|yaziyor|satiliyor
        """,
    "recall_news": """
        product|safety|batch|voluntary|issued|issue|issues|urgent|announced|announces|announce|nationwide|massive|mandatory|food|battery|charger|class|full|formal|official recall*
        recall notice|alert|of|on|announced|issued|list|order
        recalled|recalling|recalls ... batch|product*|due|over|because|charger*|battery|batteries|models|units|power|baby|after|lot|its|#|the|all|brand|heater*|toy*|milk|food
        being|been|was|is|are recalled
        रिकॉल|वापस मंगा*|बुला*
        recall hua|ho|kiya|kar|notice
        geri cagir*|cagirma|topla*|cekiyor|cekildi|cagirdi
        toplatil*|toplatma
        """,
}
