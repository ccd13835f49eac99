"""Sentences of invented messages and replies: seeded choices from a small grammar, of the lengths of real ones.

No text has the form of personal data: no telephone, no door of a house, no name of a person. Each says that it is
invented (演示).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

import yaml

T = TypeVar("T")
DEMO = "（演示）"
MESSAGE_MARK = "（演示用虚构留言）"
REPLY_MARK = "（演示用虚构答复）"

_FIRST = "安丰瑞春锦和金永福长新东西南北兴华康泰祥云林泉石柳杏"
_SECOND = "宁和景晖绣畅阳安泽乐盛河源岭川坪台苑湖桥园溪"
_KINDS = (
    *("小区", "小区", "社区", "社区", "家园", "农贸市场", "中学", "小学", "公园", "路口"),
    *("村", "村", "村", "镇", "乡", "工业园", "客运站", "卫生院"),
)
_SINCE = (
    *("去年{season}以来", "今年{month}月以来", "最近{few}个多月", "从{season}开始到现在", "已经持续{few}年多"),
    *("{month}月中旬以来", "入住{few}年来", "近{few}周"),
)
_SEASONS = ("春天", "夏天", "秋天", "入冬", "春节", "国庆节", "开学")
_SITUATION = (
    "该处居民较多，早晚出行集中，涉及约{many}户群众的日常生活。",
    "老人和孩子尤其不便，雨雪天气更为突出，上周又有{few}位老人因此摔倒。",
    "附近{few}个小区情况相同，大家在业主群里议论很多。",
    "高峰时段要等{many}分钟以上，上班上学经常迟到。",
    "现场没有任何告示，也看不到施工人员或者工作人员。",
    "邻近的几个地方去年已经解决，只有我们这里一直没有动静。",
    "为此每家每年要多支出约{many}元，大家意见很大。",
    "夜间情况更严重，住户只能关窗休息，仍然影响睡眠。",
    "冬季来临之前如果还不处理，将影响大约{many}名学生。",
    "现有设施只有{few}处能用，其余的都已经损坏。",
)
_HISTORY = (
    "曾向社区反映，答复称正在协调，至今没有明确的时间。",
    "{month}月份拨打12345热线反映过，回访时说已经转办，之后再没有消息。",
    "先后到两个部门询问，一个说归另一个管，另一个又说没有接到通知。",
    "去年书面反映过一次，收到的答复是已列入计划，但没有写明哪一年实施。",
    "工作人员来看过{few}次，拍了照片就走了，没有后续。",
    "村里开会时也提过，村干部说没有资金，只能等。",
)
_WISH = (
    "希望有关部门现场查看，给出处理办法和完成时限。",
    "建议一并考虑周边几个小区的需要，统筹安排，不要只解决一处。",
    "如已列入计划，请告知大致的进度和牵头的部门。",
    "请明确到底由哪个部门负责，避免再次相互推诿。",
    "请公开有关的标准和依据，让大家心里有数。",
    "恳请在{season}之前解决，给群众一个明确的说法。",
    "也请在处理完以后加强日常管理，防止反弹。",
)
_OPENING = (
    "网民您好！您反映的{place}{matter}问题收悉。",
    "您好！您关于{place}{matter}的留言已收到，感谢您对我们工作的关心和支持。",
    "网民朋友您好！您在平台反映的{place}{matter}问题，我们高度重视。",
)
_INQUIRY = (
    "{publisher}立即责成有关单位于{month}月{day}日赴现场调查核实，现将办理情况答复如下：",
    "{publisher}牵头召开专题会议研究，并安排专人与有关各方进行了沟通，现答复如下：",
    "经{publisher}组织相关部门实地走访{many}户群众、查阅有关资料，现将情况回复如下：",
)
_FINDING = (
    "经核查，您反映的情况属实，{cause}。该处共涉及{many}户群众，{few}处设施需要维修或者更换。",
    "经查，您反映的情况基本属实。主要原因是{cause}，加之沟通解释不够，给大家带来了不便，对此我们深表歉意。",
    "经了解，您反映的情况部分属实：{cause}；其余{few}处经现场检测符合有关标准，检测结果已经公示。",
)
_DETAIL = (
    "工作人员对照设计图纸和运行记录逐项核对，测量数据{few}组，拍摄影像资料{many}份，并当场听取了群众的意见。",
    "据统计，去年以来同类诉求共{many}件，已经办结{few}成以上，其余的正在按计划推进。",
    "现场共走访{many}户，多数群众希望尽快施工，也有{few}户对施工时间和噪声提出了意见，均已记录在案。",
    "此前有关单位曾组织过{few}次维修，但只作了局部处理，没有从根本上解决问题，群众的意见是合理的。",
)
_POLICY = (
    "按照有关规定，此类事项由县级主管部门负责日常管理，乡镇（街道）负责巡查和初步处置，所需经费列入同级财政预算。",
    "根据现行政策，符合条件的可以申请补助，申请材料由所在社区统一收取，审核结果公示{few}个工作日后执行。",
    "该类项目须经过立项、设计、招标、施工、验收五个环节，每个环节都有法定的时限，不能因为工期而省略必要的程序。",
    "相关标准以主管部门公布的最新版本为准，可以在政府网站的政策文件栏目查询，也可以到办事窗口索取纸质说明。",
    "对确因客观原因不能立即解决的，要向群众说明情况、给出明确的计划，并在计划变动时及时告知。",
    "涉及多个部门的，由首先接到诉求的部门牵头协调，不得以职责不清为由推诿，也不得要求群众自行联系。",
)
_PLAN = (
    "计划于{month}月底前全部完成，届时邀请群众代表参加验收。",
    "预计{days}个工作日内完成，进度在公示栏每周更新一次。",
    "该项工作已列入{year}年度重点任务，明确了牵头单位和完成时限。",
    "下一步将建立每{few}周一次的巡查制度，发现问题及时处置，防止反弹。",
    "今后将举一反三，对辖区内同类问题开展排查，首批{many}处已经建立台账。",
)
_CLOSING = (
    "感谢您的监督，欢迎您继续对我们的工作提出宝贵意见。",
    "如有疑问，可拨打12345热线咨询。感谢您的理解与支持！",
    "施工期间可能给您带来不便，敬请谅解。",
    "衷心感谢您的留言，祝您工作顺利、生活愉快！",
)


@dataclass(frozen=True)
class Topic:
    """One topic of the procedure and what is said of it."""

    topic: str
    departments: tuple[str, ...]
    matters: tuple[str, ...]
    causes: tuple[str, ...]
    measures: tuple[str, ...]


@cache
def _topics() -> tuple[tuple[Topic, ...], tuple[int, ...]]:
    entries: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "topics.yaml").read_text("utf-8"))
    lists = ("departments", "matters", "causes", "measures")
    topics = tuple(Topic(entry["topic"], *(tuple(entry[key]) for key in lists)) for entry in entries)
    return topics, tuple(accumulate(entry["weight"] for entry in entries))


def pick(rng: random.Random, options: Sequence[T]) -> T:
    """One of several, by the one method of ``Random`` whose values never change between Pythons."""
    return options[int(rng.random() * len(options))]


def several(rng: random.Random, options: Sequence[T], count: int) -> list[T]:
    """So many different ones, in an order of chance; all of them where there are fewer."""
    left = list(options)
    return [left.pop(int(rng.random() * len(left))) for _ in range(min(count, len(left)))]


def weighted(rng: random.Random, options: Sequence[T], cumulated: Sequence[int]) -> T:
    """One of several, each as often as its share of the cumulated weights."""
    at = rng.random() * cumulated[-1]
    return next(option for option, end in zip(options, cumulated, strict=True) if at < end)


def pick_topic(rng: random.Random) -> Topic:
    """A topic, as often as it comes."""
    return weighted(rng, *_topics())


class Wording:
    """The texts of one case, about one matter at one place.

    Args:
        area: the city's short name (兰州市).
        publisher: the name under which the reply is published.
    """

    def __init__(self, rng: random.Random, topic: Topic, area: str, year: int) -> None:
        self._rng = rng
        self._topic = topic
        self._matter = pick(rng, topic.matters)
        self._place = f"{area}{pick(rng, _FIRST)}{pick(rng, _SECOND)}{pick(rng, _KINDS)}"
        self._year = year

    def title(self) -> str:
        """About thirty characters."""
        form = pick(self._rng, ("反映{}{}的问题", "{}{}，请求解决", "关于{}{}的投诉", "咨询{}{}如何处理"))
        return form.format(self._place, self._matter) + DEMO

    def body(self, mark: str = "") -> str:
        """What the citizen wrote, some two hundred characters.

        Args:
            mark: stands where something was redacted.
        """
        rng = self._rng
        sentences = [
            f"{self._place}{self._matter}，{pick(rng, _SINCE)}一直没有得到解决。",
            *several(rng, _SITUATION, 3 + int(rng.random() * 3)),
            *several(rng, _HISTORY, 1 + int(rng.random() * 2)),
            *several(rng, _WISH, 1 + int(rng.random() * 3)),
        ]
        if mark:
            sentences.insert(2, f"需要时可与我联系，{mark}。")
        cut = 1 + int(rng.random() * (len(sentences) - 1))
        joint = "\n" if rng.random() < 0.5 else ""
        return self._fill(f"{''.join(sentences[:cut])}{joint}{''.join(sentences[cut:])}{MESSAGE_MARK}")

    def reply(self, publisher: str) -> str:
        """The answer of the unit, some five hundred characters in four or five paragraphs."""
        rng, topic = self._rng, self._topic
        measures = several(rng, topic.measures, 3 + int(rng.random() * 2))
        done = "；".join(f"{'一二三四'[i]}是{measure}" for i, measure in enumerate(measures))
        cause = pick(rng, topic.causes)
        text = (
            f"{pick(rng, _OPENING)}{pick(rng, _INQUIRY)}\n一、基本情况。{pick(rng, _FINDING)}{pick(rng, _DETAIL)}\n"
            f"二、办理情况。{done}。\n三、政策说明。{''.join(several(rng, _POLICY, 2 + int(rng.random() * 3)))}\n"
            f"四、下一步工作。{''.join(several(rng, _PLAN, 2 + int(rng.random() * 2)))}\n"
            f"{pick(rng, _CLOSING)}{REPLY_MARK}"
        )
        return self._fill(text, publisher=publisher, cause=cause)

    def public_note(self, publisher: str) -> str:
        """What is said in public of a reply given to the person alone."""
        text = "{publisher}已核实您反映的{matter}情况，{cause}；因答复内容涉及个人隐私，已答复本人，本人表示认可。"
        return self._fill(text, publisher=publisher, cause=pick(self._rng, self._topic.causes)) + REPLY_MARK

    def _fill(self, text: str, **slots: str) -> str:
        rng = self._rng
        # Number by number, so that two sentences of one text do not say the same.
        parts = text.split("{")
        filled = [parts[0]]
        for part in parts[1:]:
            key, _, rest = part.partition("}")
            match key:
                case "place":
                    said = self._place
                case "matter":
                    said = self._matter
                case "season":
                    said = pick(rng, _SEASONS)
                case "month":
                    said = str(1 + int(rng.random() * 12))
                case "day":
                    said = str(1 + int(rng.random() * 28))
                case "days":
                    said = str(5 + int(rng.random() * 40))
                case "few":
                    said = str(2 + int(rng.random() * 7))
                case "many":
                    said = str(12 + int(rng.random() * 380))
                case "year":
                    said = str(self._year)
                case _:
                    said = slots[key]
            filled += (said, rest)
        return "".join(filled)
