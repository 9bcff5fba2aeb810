"""What is no idea: promotion, greetings, chatter, questions about tools, bare prompts, nothing."""

from __future__ import annotations

import re

from bot.tagging.words import words

# Each rule is worded for what people write, and looked at in this order.
_LINK = re.compile(
    r"https?://\S+|www\.\S+|\b(?:t\.me|bit\.ly|discord\.gg|wa\.me|linktr\.ee|tinyurl\.com)/\S+"
    r"|\b[\w-]+\.(?:com|io|net|org|xyz|shop|app|gg|ru|cn|ai)(?:/\S*)?\b",
    re.IGNORECASE,
)
_PROMOTION = re.compile(
    r"\b(?:join (?:us|our|my|now|the)|sign ?up|subscribe|follow (?:me|us|back|for)|dm me|promo code"
    r"|discount code|use (?:my )?code|coupon|giveaway|airdrop|guaranteed|100% (?:free|legit|real)"
    r"|free (?:money|nitro|crypto|gift|robux|credits)|earn \$?\d+|make money|passive income"
    r"|click (?:here|the link|my)|link in bio|check (?:out|my)|limited (?:time|offer)|buy (?:now"
    r"|cheap|followers)|cheap(?:est)? (?:accounts?|followers|prices?)|crypto signals?|onlyfans"
    r"|whatsapp me|telegram|hire me|my (?:new )?(?:channel|course|store|portfolio|etsy|patreon)"
    r"|for sale|best (?:price|deal)s?|order now|act now|don'?t miss|casino bonus|forex"
    r"|selling (?:my |accounts?)|\d+ ?% (?:off|profit|roi|guaranteed|returns?)|dofollow|backlinks?"
    r"|suscr[ií]bete|g[aá]na dinero|inscreva-se|abonnez|gratis (?:geld|crypto)|заработ\w+"
    r"|подпис(?:ыв|аться|ка)\w*|加微信|免费领取|兼职)",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:hi+|hey+|hello+|hiya|yo+|sup|gm|gn|good (?:morning|evening|night|afternoon|day)"
    r"|greetings|howdy|welcome|thanks?(?: you)?|thx|ty|cheers|bye|cya|goodbye|see (?:you|ya)|hola"
    r"|buen[oa]s(?: d[ií]as| tardes| noches)?|gracias|bonjour|bonsoir|salut|coucou|merci|hallo|moin"
    r"|servus|guten (?:tag|morgen|abend)|danke|ciao|buongiorno|buonasera|grazie|ol[aá]|oi|bom dia"
    r"|boa (?:tarde|noite)|obrigad[oa]|merhaba|selam|cze[sś][cć]|dzie[nń] dobry|привет\w*"
    r"|здравствуйте|спасибо|добр(?:ый|ое) \w+|你好|您好|大家好|谢谢|こんにち[はわ]|おはよう\w*"
    r"|ありがとう\w*|こんばんは|안녕\w*|감사\w*|مرحبا|السلام عليكم|شكرا|नमस्ते|धन्यवाद)(?![^\W_])",
    re.IGNORECASE,
)
_PROMPT_WORDS = re.compile(
    r"(?:--(?:ar|v|style|stylize|s|q|seed|no|niji|chaos|fps|motion)\b|\b(?:[48]k|uhd|hdr"
    r"|photo-?realistic|hyper-?realistic|ultra-?(?:realistic|detailed|hd)|highly detailed"
    r"|volumetric|octane|unreal engine 5|ray ?trac\w+|bokeh|depth of field|cinematic|golden hour"
    r"|anamorphic|35 ?mm|imax|film grain|slow[- ]?mo(?:tion)?|tracking shot|drone shot|dolly zoom"
    r"|wide[- ]angle|close[- ]?up|low angle|masterpiece|trending on artstation|artstation|award"
    r"[- ]winning|vaporwave|cyberpunk|steampunk|studio ghibli|pixar style|in the style of"
    r"|aspect ratio|seed \d+|negative prompt|neon[- ]lit|soft light\w*|moody|lens flare|16:9|9:16"
    r"|lighting|hyperlapse|timelapse|shot on))",
    re.IGNORECASE,
)
_CHATTER = re.compile(
    r"^\W*(?:lo+l+|lmf?ao+|rofl|haha\w*|hehe\w*|jaja\w*|kkk+|wow|omg|wtf|bruh|nice|cool|awesome"
    r"|amazing|great|same|agreed?|this|true|yes|yeah|yep|no|nope|ok(?:ay)?|hmm+|lets? go+|first"
    r"|test(?:ing)?|asdf\w*|\+1|based|cringe|pog\w*|gg|rip|so cool|love (?:it|this)|who (?:else|is"
    r" here)|did (?:you|anyone|y'?all) see|i (?:love|hate|miss|can'?t believe)|anyone (?:here|else"
    r"|awake|online)|can'?t wait|just (?:saw|watched|joined|got)|哈哈+|www+|草|ㅋㅋ+|ㅎㅎ+)(?![^\W_])",
    re.IGNORECASE,
)
_TOOL = re.compile(
    r"\b(?:sora|runway|kling|veo ?\d?|pika|luma|dream machine|hailuo|minimax|midjourney|modelscope"
    r"|magicvideo\S*|stable (?:video|diffusion)|animatediff|comfyui|chat ?gpt|openai|gemini|copilot"
    r"|vidu|wan ?\d(?:\.\d)?|seedance|jimeng|hunyuan\w*|cogvideo\w*|ltx\w*|azure|invideo|heygen"
    r"|synthesia|sinodata|bytedance|alibaba|tencent|microsoft|google|adobe|firefly|deepmind"
    r"|api|waitlist|beta|subscription|credits?|watermark\w*|invite code|premium|free (?:tier|plan)"
    r"|pricing|prompts?|seed|render(?:ing)? time|gpu|vram|checkpoint|lora|export|aspect ratio"
    r"|resolution|fps|bot|command|login|log in|account|app|server|download|install|open[- ]source"
    r"|licen[cs]e|commercial(?:ly)?|text[- ]to[- ]video|t2v|tools?|models?|generators?)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^\W*(?:(?:hi|hey|hello|so|ok|btw|quick question|question|guys|pls|please|um)\b\W*)*"
    r"(?:how (?:do|does|can|much|many|long|to|come|is|are|big|good|well|would|will|did|fast|old)"
    r"|what(?:'s| is| are| does| do| did| was| were| happened| about| kind| model| tools?| resol\w+)"
    r"|which|who(?:'s| is| are| made| owns| has| else)|whose|where (?:can|do|is|are|did)|when"
    r"(?:'s| is| will| does| did| was| can)|why (?:is|are|does|do|did|can|was|won|isn|doesn)|is"
    r" (?:it|there|this|that|sora|runway|kling|veo|the|anyone|anybody|[A-Z]\w+)|are (?:there|we|you"
    r"|they|these|any)|can (?:i|you|we|anyone|someone|it|sora|runway|kling|veo|[A-Z]\w+)|could"
    r" (?:you|someone|anyone)|do(?:es)? (?:i|you|we|it|anyone|anybody|sora|runway|kling|veo|the"
    r"|they|[A-Z]\w+)|did|has (?:anyone|anybody|it|the|[A-Z]\w+)|have (?:you|they|any)|will"
    r" (?:it|there|sora|the|they|we|[A-Z]\w+)|any(?:one|body)? (?:know|tried|got|have|has|using|news"
    r"|here|update|tips|advice|recommend\w*)|should i|tell me|explain (?:to me )?(?:what|how|why)"
    r"|compare|help\b|need help|i (?:can'?t|cannot) (?:log|find|get|access|open|use)|my (?:video|"
    r"account|generation|credits?|prompt|render)s? (?:is|are|won|keeps?|got|fail|doesn|didn|came)"
    r"|list (?:the|all|of)|difference between|latest|news (?:on|about))",
    re.IGNORECASE,
)
_ASKING_ELSEWHERE = re.compile(
    r"^\W*(?:¿|(?:c[oó]mo|cu[aá]nto\w*|cu[aá]l\w*|qu[eé]|qui[eé]n|d[oó]nde|cu[aá]ndo|por qu[eé]"
    r"|comment|combien|quel\w*|qui|o[uù]|quand|pourquoi|est-ce|wie|was|wer|wo|wann|warum|welche\w*"
    r"|kann (?:ich|man)|gibt es|come|quanto|quale|chi|dove|quando|perch[eé]|como|quanto|qual|quem"
    r"|onde|hoe|wat|wie|waar|wanneer|waarom|welke|jak|ile|kto|gdzie|kiedy|dlaczego|czy|nas[ıi]l"
    r"|ne zaman|nerede|как|сколько|какой|какая|что|кто|где|когда|почему|можно ли)\b|怎么|如何|什么"
    r"|哪|谁|多少|有没有|どう|何|いつ|誰|どこ|なぜ|어떻게|무엇|언제|누가|어디|왜|كيف|ما |متى|من هو|أين"
    r"|هل|कैसे|क्या|कब|कौन|कहाँ)",
    re.IGNORECASE,
)
# What an idea says of itself: somebody does something with a video for somebody.
_IDEA = re.compile(
    r"\b(?:use (?:it|ai|text|video|cases?|this)|idea\b|imagine|what if|would (?:love|be (?:great"
    r"|cool|nice|useful)|help|let)|could (?:use|show|help|be used|make|let|turn)|we (?:could|want to"
    r"|need|sell|make|run|teach|train|show)|i(?:'d| would| want to| run| teach| work| sell| own"
    r"| keep)|for (?:our|my|the|kids|people|patients|students|customers|clients|staff|families"
    r"|members|visitors|a|an|each|every|new)|so (?:that|they|people|we|everyone|customers|kids)|help"
    r" (?:people|kids|patients|customers|students|us|them)|turn(?:s|ing)? \w+|instead of|before"
    r" (?:they|we|you|the|it|buying|signing|surgery)|explainer|training|reconstruct\w*|personali[sz]"
    r"ed|visuali[sz]e|preview|simulat\w+|localis\w+|localiz\w+|recreate|storyboard\w*|onboarding"
    r"|animat(?:e|ed|ion)|clips?|videos?|teaser|trailer)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 3
_SHORT = 9
_PROMPT_MARKS = 2
_LINK_SHARE = 0.5


def _is_promotion(text: str) -> bool:
    links = "".join(_LINK.findall(text))
    offers = len(_PROMOTION.findall(text))
    if not links:
        return offers > 1 or (offers == 1 and ("!" in text or "$" in text or "€" in text))
    mostly_link = len(links) > _LINK_SHARE * len(text.strip())
    return mostly_link or offers > 0


def _is_prompt(text: str) -> bool:
    marks = _PROMPT_WORDS.findall(text)
    if re.search(r"\s--(?:ar|v|style|seed|niji|fps|motion|s|no)\b", text):
        return True
    return len(marks) >= _PROMPT_MARKS and not _IDEA.search(_PROMPT_WORDS.sub(" ", text))


def _is_question(text: str) -> bool:
    asks = _ASKING.search(text) is not None
    marked = text.rstrip(" )\"'!.").endswith(("?", "？", "؟"))
    elsewhere = _ASKING_ELSEWHERE.search(text) is not None and marked
    if not (asks or elsewhere or marked):
        return False
    if re.search(r"\b(?:what if|imagine|why not|how about|could we|wouldn'?t it)\b", text, re.I):
        return False
    first_sentence = re.split(r"[.!\n]", text.strip(), maxsplit=1)[0]
    about_tools = _TOOL.search(text) is not None
    if asks and (about_tools or marked or len(words(text)) <= _SHORT):
        return "?" in first_sentence or marked or about_tools
    return (elsewhere or marked) and (about_tools or _IDEA.search(text) is None)


def _is_chatter(text: str) -> bool:
    count = len(words(text))
    if _CHATTER.search(text):
        return count <= _SHORT or _IDEA.search(text) is None
    return 0 < count < _FEW_WORDS and not any(len(w.folded) > 6 for w in words(text))  # noqa: PLR2004


def why_not(text: str) -> str | None:
    """Say why a text is no idea, None when nothing speaks against it.

    One of "empty", "promotion", "greeting", "prompt", "question", "chatter".
    """
    if not words(text):
        return "empty"
    if _is_promotion(text):
        return "promotion"
    greeted = _GREETING.search(text)
    if greeted and (len(words(text[greeted.end() :])) < _SHORT and not _IDEA.search(text)):
        return "question" if _is_question(text[greeted.end() :]) else "greeting"
    for name, found in (
        ("prompt", _is_prompt),
        ("question", _is_question),
        ("chatter", _is_chatter),
    ):
        if found(text):
            return name
    return None


def reads_like_idea(text: str) -> bool:
    """Tell free text that is an idea from a question about the market or small talk."""
    if why_not(text) is not None:
        return False
    return _IDEA.search(text) is not None and len(words(text)) > _FEW_WORDS
