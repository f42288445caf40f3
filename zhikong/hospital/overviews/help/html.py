"""A page of the guide as HTML: everything that comes from a file is escaped."""

from collections.abc import Callable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from zhikong.hospital.overviews.help.reading import Block, Span, plain

Lead = Callable[[str], str]
"""Takes a link as it stands in the file, gives the address on this server, or "" when there is none."""


def page(found: list[Block], *, link: Lead, picture: Lead) -> SafeString:
    """The blocks in order. Headings carry their anchors; pictures load when they come into sight."""
    return mark_safe("\n".join(_Setter(link, picture).block(block) for block in found))


class _Setter:
    def __init__(self, link: Lead, picture: Lead):
        self.link, self.picture = link, picture

    def block(self, block: Block) -> SafeString:
        return getattr(self, f"_{block.kind}")(block)

    def inside(self, found: list[Block]) -> SafeString:
        """What stands in a list's item: a single line needs no paragraph of its own."""
        if len(found) == 1 and found[0].kind == "paragraph":
            return self.line(found[0].spans)
        return format_html_join("\n", "{}", ((self.block(block),) for block in found))

    def line(self, pieces: tuple[Span, ...]) -> SafeString:
        return format_html_join("", "{}", ((self._span(piece),) for piece in pieces))

    def _span(self, piece: Span) -> SafeString:
        if piece.kind == "strong":
            return format_html("<strong>{}</strong>", piece.text)
        if piece.kind == "code":
            return format_html("<code>{}</code>", piece.text)
        address = self.link(piece.to) if piece.kind == "link" else ""
        if address:
            return format_html('<a href="{}">{}</a>', address, piece.text)
        return format_html("{}", piece.text)

    def _heading(self, block: Block) -> SafeString:
        level = max(block.level, 2)
        return format_html('<h{} id="{}">{}</h{}>', level, block.anchor, self.line(block.spans), level)

    def _paragraph(self, block: Block) -> SafeString:
        return format_html("<p>{}</p>", self.line(block.spans))

    def _list(self, block: Block) -> SafeString:
        tag = "ol" if block.level else "ul"
        items = format_html_join("\n", "<li>{}</li>", ((self.inside(item),) for item in block.items))
        return format_html("<{}>\n{}\n</{}>", tag, items, tag)

    def _table(self, block: Block) -> SafeString:
        head, *rows = block.rows
        return format_html(
            '<div class="table keep" tabindex="0" role="region" aria-label="{}"><table><thead><tr>{}</tr></thead>\n<tbody>{}</tbody></table></div>',
            plain(head[0]),
            format_html_join("", '<th scope="col">{}</th>', ((self.line(cell),) for cell in head)),
            format_html_join("\n", "<tr>{}</tr>", ((self._row(row),) for row in rows)),
        )

    def _row(self, row: list[tuple[Span, ...]]) -> SafeString:
        return format_html_join("", "<td>{}</td>", ((self.line(cell),) for cell in row))

    def _code(self, block: Block) -> SafeString:
        return format_html('<pre tabindex="0"><code>{}</code></pre>', block.text)

    def _quote(self, block: Block) -> SafeString:
        return format_html('<div class="note">{}</div>', self.inside(block.items[0]))

    def _picture(self, block: Block) -> SafeString:
        return format_html(
            '<figure><img src="{}" alt="{}" loading="lazy"><figcaption>{}</figcaption></figure>',
            self.picture(block.to),
            block.text,
            block.text,
        )
