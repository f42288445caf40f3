"""Believable Chinese names: surnames by frequency, common given-name characters, joined at random."""

import numpy as np

_SURNAMES = (
    *"王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢",
    *"姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常",
    "欧阳",
)
_MALE = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢佳志建国文海峰晨亮东成康振新永安民"
_FEMALE = "芳娜敏静丽艳娟霞秀英玲桂兰红梅燕萍慧莹雪琳晶洁婷玉倩颖丹雯欣怡悦佳宁月琴珍凤莲云蓉瑶璐妍岚思雨"


def surname_weights() -> np.ndarray:
    """Probability of each surname: falls with its rank, as in the population."""
    weights = 1.0 / (np.arange(len(_SURNAMES)) + 4.0) ** 0.8
    return weights / weights.sum()


def draw(rng: np.random.Generator, female: np.ndarray) -> np.ndarray:
    """One full name for each element of the boolean array `female`; array of str."""
    count = len(female)
    surname = np.array(_SURNAMES)[rng.choice(len(_SURNAMES), size=count, p=surname_weights())]
    pools = np.array([list(_MALE[: len(_FEMALE)]), list(_FEMALE[: len(_MALE)])])
    pick = rng.integers(0, pools.shape[1], size=(2, count))
    side = female.astype(np.int64)
    first, second = pools[side, pick[0]], pools[side, pick[1]]
    second = np.where((rng.random(count) < 0.18) | (first == second), "", second)
    return np.char.add(np.char.add(surname, first), second)
