# ruff: noqa: RUF001  Chinese text is Chinese
"""Chinese words that say what a number near them is."""

import re
from typing import Final

from recordings.redaction.cues import CuePattern
from recordings.redaction.model import Kind

PATTERNS: Final = (
    CuePattern(
        Kind.CARD, re.compile(r"(?:银行|信用|储蓄|借记)?卡(?:的)?号码?|(?:我|您|你)的(?:银行)?卡是")
    ),
    CuePattern(Kind.CARD, re.compile(r"银行卡|信用卡|储蓄卡|借记卡"), strong=False),
    CuePattern(
        Kind.ID,
        re.compile(
            r"(?:身份证|护照|证件|社保|驾驶?证|驾照|通行证)(?:号码?|的)?"
            r"(?:最?后|末尾?|尾号)(?:的)?(?:几|[2-9两二三四五六])(?:位|个)(?:数字?)?"
        ),
        last=True,
    ),
    CuePattern(
        Kind.ID,
        re.compile(
            r"(?:居民)?身份证(?:号码?)?|护照(?:号码?)?|驾驶证(?:号码?)?|驾照(?:号码?)?"
            r"|证件号码?|社保(?:卡)?号码?|通行证(?:号码?)?|军官证(?:号码?)?"
        ),
    ),
    CuePattern(
        Kind.PHONE,
        re.compile(r"手机(?:号码?)?|电话(?:号码?)?|座机(?:号码?)?|固话|联系方式"),
    ),
    CuePattern(
        Kind.PHONE,
        re.compile(
            r"(?:您|你|我|他|她)的号码|(?:请)?拨打?|有事打|联系(?:我|他|她)?|你打|回电|回拨|打给|可以打"
        ),
        strong=False,
    ),
    CuePattern(Kind.ACCOUNT, re.compile(r"(?:银行)?[账帐](?:号|户)(?:号码?)?")),
    CuePattern(
        Kind.PIN,
        re.compile(
            r"(?:支付|取款|登录|交易)?密码|[验校]证?验?码|安全码|动态码|口令|(?:收到|发来|短信|那个|这个)的?码|(?:后面|背面)(?:那)?[三3]位(?:数字?)?|cvv|cvc"
            r"|(?:银行|信用)?卡?(?:的)?背面(?:的)?(?:安全码|[三3]位数?字?|数字)"
        ),
    ),
    CuePattern(Kind.BIRTH, re.compile(r"出生(?:日期|年月日?|时间)?|生日|生于|阳历|农历|阴历|公历")),
    CuePattern(Kind.ADDRESS, re.compile(r"邮编|邮政编码")),
    CuePattern(
        Kind.ADDRESS,
        re.compile(r"(?:收货|家庭|通讯|邮寄)?(?:地址|住址)|住在|家住|我家在|寄到|送到|搬到|寄往"),
    ),
    CuePattern(Kind.EMAIL, re.compile(r"(?:电子)?邮箱|电子邮件|邮件地址")),
    CuePattern(
        None,
        re.compile(
            r"订单(?:编)?号?|快递(?:单号?|号)|彩票|每期|中奖|运单号?|单号|发票(?:号码?)?|工单号?|流水号|取件码|序列号|型号"
            r"|编号|错误(?:代码)?|代码|航班|房间|优惠码|电表|读数|余额|版本|路由器|尾号|多少钱|几位"
            r"|多少位|多少个|哪一?天|几点|什么时候|一共|多收|付了|卖了|测试|开始|请按|请说一|参考号"
            r"|[取兑提核领][^是，。]{0,2}码|[票处车座柜批货学][次位架方]?(?:号|条)码?|处方号|病历号|挂号|保单号"
            r"|车牌(?:号码?)?|登机口|条码|序号|受理号|投诉单?号|维修单?号|优惠券|兑换|预约号|会员号|客户(?:编)?号|合同|比分"
        ),
    ),
)
UNITS: Final = re.compile(
    r"\s*(?:[个位块元毛角分岁年月天周点度斤条张封次件箱瓶人路级层款排寸码]|公斤|厘米|小时|分钟|星期|版|号线)"
)
POLITE: Final = re.compile(
    r"[\s，。、,.！!？?]|好的?|是的?|对|嗯|呃|啊|哦|那个|我的?|号码?|就是|然后|谢谢|请|您|吧|了"
)
CONFIRMING: Final = re.compile(r"对吗|对不对|是吗|正确吗|是不是")
AGREEING: Final = re.compile(r"\W*(?:对|是的?|没错|正确|嗯)")
