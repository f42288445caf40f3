"""How browsers get here: address, port, certificate, proxy, names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from zhikong.site import home, serving
from zhikong.site.commands.alive import CODES
from zhikong.site.doctor.finding import Finding, error, fine, warning
from zhikong.site.monitoring import asking
from zhikong.site.proxy import networks_of
from zhikong.site.setup import certificates

NAME = "访问"


def service() -> Iterator[Finding]:
    """Whether the service answers; when not, whether something else has its port."""
    from zhikong.site.supervisor import instance

    address, port = serving.address_and_port()
    if serving.answers(address, port):
        status, text = asking.ask(address, port, "/ready")
        if status == 200:
            yield fine(NAME, f"服务在 {address}:{port} 应答，已就绪。")
        else:
            yield error(NAME, f"服务有应答但没有就绪：{_reasons(text)}。", "请看下面各项和日志目录 logs。")
        return
    try:
        instance.check_port(address, port)
    except instance.PortTaken:
        yield error(
            NAME,
            f"端口 {address}:{port} 不能使用，或被别的程序占用。",
            "请在 site.json 里换一个 port，或停掉那个程序。",
        )
    else:
        yield warning(
            NAME, f"服务没有在 {address}:{port} 运行。", "启动：systemctl start zhikong，或 zhikong serve。"
        )


def _reasons(text: str) -> str:
    """The codes of /ready as words; whatever else answers there is not quoted."""
    codes = [code for code in text.strip().split(",") if code in CODES]
    return "、".join(CODES[code] for code in codes) or "应答的不是这个版本的服务"


def certificate(now: datetime) -> Iterator[Finding]:
    kept = home.options()
    if not kept.get("certificate"):
        if not kept.get("https") and not home.is_demo():
            yield warning(
                NAME, "没有加密（http）。", "密码在内网中明文传输。建议配置证书，或放在做 https 的代理之后。"
            )
        return
    paths = {"certificate": Path(kept["certificate"]), "key": Path(kept["certificate_key"])}
    try:
        remarks = certificates.check(**paths, names=kept.get("allowed_hosts", []), now=now)
    except certificates.CertificateRefused as refused:
        yield error(NAME, str(refused), "换好文件后运行 zhikong reload，不必停机。")
        return
    for remark in remarks:
        yield warning(NAME, remark, "换好文件后运行 zhikong reload，不必停机。")
    if not remarks:
        yield fine(NAME, "证书有效，名称相符。")


def proxy() -> Iterator[Finding]:
    kept = home.options()
    trusted = kept.get("trusted_proxy")
    if not trusted:
        return
    try:
        networks = networks_of(trusted)
    except ValueError as wrong:
        yield error(NAME, f"trusted_proxy 写法有误：{wrong}。", "请在 site.json 里写代理服务器的 IP 或网段。")
        return
    if any(network.prefixlen == 0 for network in networks):
        yield error(NAME, "trusted_proxy 包括所有人，谁都可以伪造来源地址。", "请只写代理服务器自己的地址。")
    else:
        yield fine(NAME, f"信任代理 {'、'.join(map(str, networks))} 转来的地址。")


def names() -> Iterator[Finding]:
    address, _ = serving.address_and_port()
    kept = home.options()
    if address not in ("127.0.0.1", "localhost", "::1") and not kept.get("allowed_hosts"):
        yield warning(
            NAME,
            "没有登记访问名称，其他电脑打不开。",
            "请在 site.json 的 allowed_hosts 里写浏览器用的名字或 IP。",
        )
