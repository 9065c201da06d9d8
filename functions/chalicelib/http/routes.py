"""Every address of the functions, as data: method, path, who may call it, and what answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..domain.refusal import Refusal
from ..domain.rights import (
    ACCESS_LOG,
    ACT,
    ANYONE,
    CASE,
    CITIZEN,
    CLAIM,
    DESK,
    DIRECTORY,
    ENQUIRIES,
    JUDGE,
    LINK_CALL,
    MESSAGES,
    NOTE,
    PHRASES,
    POINTS,
    QUEUE,
    RULE_ON,
    SEE_FILES,
    SUPERVISE,
    SYSTEM_CALL,
)
from . import (
    access_pages,
    agent_pages,
    api,
    api_grants,
    api_packages,
    api_review,
    apply,
    apply_files,
    batch,
    board,
    board_cards,
    enquiry_desk,
    enquiry_pages,
    exchange,
    favourites,
    hand_in,
    handoff,
    health,
    knowledge,
    later,
    letters,
    links,
    look,
    me,
    my_data,
    package_pages,
    phrase_pages,
    review,
    score_entry,
    scores,
    search,
    sheet_desk,
    signing,
    staff_pages,
    statistics,
    status,
    supplement,
)  # fmt: skip
from .ask import Ask
from .reply import Reply

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
FILES = ("application/octet-stream", "application/pdf", "image/jpeg", "image/png")
Handler = Callable[[Ask], Reply | Refusal]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. Pages stand under /en too unless `both` is off; `csrf` asks posts for the session's token.

    `who` is anyone, citizen (signed in), another system that signs its requests, or the right that a
    member of staff needs (`domain/rights.py`).
    `rate` names how often one caller may come (`throttle.py`).
    """

    method: str
    path: str
    handler: Handler
    who: str
    csrf: bool = True
    both: bool = True
    rate: str = ""

    @property
    def api(self) -> bool:
        """Whether programs call it: JSON in and out, bearer tokens, no cookies."""
        return self.path.startswith("/api/")

    @property
    def takes(self) -> tuple[str, ...]:
        """The media types of the bodies it reads."""
        if not self.api:
            return FORMS
        return FILES if self.path.endswith("/files") else ("application/json",)


ROUTES: tuple[Route, ...] = (
    Route("GET", "/apply/{item}", apply.unknown_item, ANYONE),
    Route("POST", "/apply/{item}", apply.first_page, ANYONE, csrf=False, rate="begin"),
    Route("GET", "/apply/{item}/{draft}/materials", apply_files.materials_page, ANYONE),
    Route("POST", "/apply/{item}/{draft}/materials", apply_files.save_material, ANYONE, rate="upload"),
    Route("GET", "/apply/{item}/{draft}/sent", apply_files.material_sent, ANYONE),
    Route("GET", "/apply/{item}/{draft}/check", hand_in.check_page, ANYONE),
    Route("POST", "/apply/{item}/{draft}/check", hand_in.hand_in, ANYONE),
    Route("GET", "/apply/{item}/{draft}/files/{sha256}", apply_files.draft_file, ANYONE),
    Route("GET", "/apply/{item}/{draft}/erase", later.erase_page, ANYONE),
    Route("POST", "/apply/{item}/{draft}/erase", later.erase, ANYONE),
    Route("GET", "/apply/{item}/{draft}/{page}", apply.form_page, ANYONE),
    Route("POST", "/apply/{item}/{draft}/{page}", apply.save_page, ANYONE),
    Route("GET", "/resume", later.resume_page, ANYONE),
    Route("POST", "/resume", later.resume, ANYONE, rate="resume"),
    Route("GET", "/status", status.query_page, ANYONE),
    Route("GET", "/status/{number}", status.query_page, ANYONE),
    Route("POST", "/status", status.look_up, ANYONE, csrf=False, rate="status"),
    Route("GET", "/ask", enquiry_pages.ask_page, ANYONE),
    Route("POST", "/ask", enquiry_pages.send, ANYONE, rate="ask"),
    Route("GET", "/ask/answers", enquiry_pages.answers_page, ANYONE),
    Route("GET", "/ask/{number}", enquiry_pages.own, ANYONE),
    Route("GET", "/search", search.page, ANYONE),
    Route("GET", "/search/suggest", search.suggest, ANYONE, both=False),
    Route("GET", "/me", me.home, CITIZEN),
    Route("GET", "/me/package/{number}", package_pages.own, CITIZEN),
    Route("GET", "/me/package/{number}/withdraw", package_pages.withdraw_page, CITIZEN),
    Route("POST", "/me/package/{number}/withdraw", package_pages.withdraw, CITIZEN),
    Route("GET", "/me/package/{number}/receipt", package_pages.receipt, CITIZEN),
    Route("GET", "/me/agents", agent_pages.home, CITIZEN),
    Route("GET", "/me/agents/new", agent_pages.new_page, CITIZEN),
    Route("POST", "/me/agents/new", agent_pages.new, CITIZEN),
    Route("POST", "/me/agents/take", agent_pages.take, CITIZEN, rate="code"),
    Route("GET", "/me/agents/{number}", agent_pages.one, CITIZEN),
    Route("GET", "/me/agents/{number}/paper", agent_pages.paper, CITIZEN),
    Route("GET", "/me/agents/{number}/end", agent_pages.end_page, CITIZEN),
    Route("POST", "/me/agents/{number}/end", agent_pages.end, CITIZEN),
    Route("GET", "/me/apply/{item}", apply.unknown_item, CITIZEN),
    Route("GET", "/me/favourites/{item}", favourites.page, CITIZEN),
    Route("POST", "/me/favourites/{item}", favourites.save, CITIZEN),
    Route("GET", "/me/data", my_data.page, CITIZEN),
    Route("POST", "/me/data", my_data.erase, CITIZEN),
    Route("GET", "/me/data/copy", my_data.copy, CITIZEN),
    Route("GET", "/me/{number}", me.case, CITIZEN),
    Route("GET", "/me/{number}/receipt", me.receipt, CITIZEN),
    Route("GET", "/me/{number}/papers/{seq}", me.letter, CITIZEN),
    Route("GET", "/me/{number}/files/{sha256}", me.own_file, CITIZEN),
    Route("GET", "/me/{number}/withdraw", me.withdraw_page, CITIZEN),
    Route("POST", "/me/{number}/withdraw", me.withdraw, CITIZEN),
    Route("GET", "/me/{number}/rate", me.rate_page, CITIZEN),
    Route("POST", "/me/{number}/rate", me.rate, CITIZEN),
    Route("GET", "/me/{number}/supplement", supplement.supplement_page, CITIZEN),
    Route("POST", "/me/{number}/supplement", supplement.supplement, CITIZEN),
    Route("GET", "/signin", signing.begin, ANYONE, both=False, rate="sign_in"),
    Route("GET", "/signin/callback", signing.finish, ANYONE, both=False, rate="sign_in"),
    Route("GET", "/handoff", handoff.arrive, ANYONE),
    Route("POST", "/handoff", handoff.enter, ANYONE, rate="sign_in"),
    Route("POST", "/signout", signing.out, ANYONE, both=False),
    Route("GET", "/review", review.queue, QUEUE, both=False),
    Route("GET", "/review/rights", staff_pages.mine, DESK, both=False),
    Route("GET", "/review/staff", staff_pages.directory, DIRECTORY, both=False),
    Route("GET", "/review/access", access_pages.day, ACCESS_LOG, both=False),
    Route("GET", "/review/board", board.board, SUPERVISE, both=False),
    Route("GET", "/review/board/cases", board.cases, SUPERVISE, both=False),
    Route("GET", "/review/board/department/{dept}", board.department, SUPERVISE, both=False),
    Route("GET", "/review/board/scores", scores.table, SUPERVISE, both=False),
    Route("GET", "/review/board/scores/{dept}", scores.inputs, SUPERVISE, both=False),
    Route("GET", "/review/board/scores/{dept}/judged", score_entry.page, SUPERVISE, both=False),
    Route("POST", "/review/board/scores/{dept}/judged", score_entry.enter, JUDGE, both=False),
    Route("GET", "/review/reminders", board_cards.reminders, CASE, both=False),
    Route("GET", "/review/cards/new", board_cards.new_page, RULE_ON, both=False),
    Route("POST", "/review/cards/new", board_cards.new, RULE_ON, both=False),
    Route("GET", "/review/cards/{card}", board_cards.card, CASE, both=False),
    Route("POST", "/review/cards/{card}", board_cards.step, CASE, both=False),
    Route("GET", "/review/messages", letters.dead, MESSAGES, both=False),
    Route("POST", "/review/messages", letters.send_again, MESSAGES, both=False),
    Route("GET", "/dev/mailbox", letters.mailbox, ANYONE, both=False),
    Route("GET", "/review/package/{number}", package_pages.at_desk, CASE, both=False),
    Route("GET", "/review/enquiries", enquiry_desk.queue, ENQUIRIES, both=False),
    Route("GET", "/review/enquiries/{number}", enquiry_desk.one, ENQUIRIES, both=False),
    Route("POST", "/review/enquiries/{number}", enquiry_desk.answer, ENQUIRIES, both=False),
    Route("POST", "/review/next", review.take_next, CLAIM, both=False),
    Route("POST", "/review/batch", batch.do, ACT, both=False),
    Route("GET", "/review/phrases", phrase_pages.page, PHRASES, both=False),
    Route("POST", "/review/phrases", phrase_pages.save, PHRASES, both=False),
    Route("GET", "/review/points", knowledge.tasks, POINTS, both=False),
    Route("POST", "/review/points", knowledge.settle, POINTS, both=False),
    Route("GET", "/review/points/{item}/{material}", knowledge.one, NOTE, both=False),
    Route("POST", "/review/points/{item}/{material}", knowledge.tell, NOTE, both=False),
    Route("GET", "/review/{number}/sheet", sheet_desk.more, CASE, both=False),
    Route("POST", "/review/{number}/sheet", sheet_desk.write, CASE, both=False),
    Route("GET", "/review/{number}", review.case, CASE, both=False),
    Route("POST", "/review/{number}", review.decide, ACT, both=False),
    Route("GET", "/review/{number}/files/{sha256}", review.file, SEE_FILES, both=False),
    Route("POST", "/review/{number}/reveal", review.reveal, CASE, both=False),
    Route("GET", "/review/{number}/files/{sha256}/look", look.look, SEE_FILES, both=False),
    Route("GET", "/healthz", health.healthz, ANYONE, both=False),
    Route("GET", "/readyz", health.readyz, ANYONE, both=False),
    Route("GET", "/api/v1/openapi.json", api.openapi, ANYONE, both=False),
    Route("GET", "/api/v1/statistics", statistics.document, ANYONE, both=False),
    Route("POST", "/api/v1/files", api.upload, CITIZEN, both=False, rate="upload"),
    Route("POST", "/api/v1/applications", api.apply, CITIZEN, both=False, rate="api"),
    Route("GET", "/api/v1/applications/{number}", api.status, ANYONE, both=False, rate="status"),
    Route("POST", "/api/v1/applications/{number}/actions", api.applicant_action, CITIZEN, both=False),
    Route("GET", "/api/v1/exchange/openapi.json", exchange.described, ANYONE, both=False),
    Route("POST", "/api/v1/exchange/take", exchange.take, SYSTEM_CALL, both=False),
    Route("POST", "/api/v1/exchange/confirm", exchange.confirm, SYSTEM_CALL, both=False),
    Route("GET", "/api/v1/exchange/cases", exchange.cases, SYSTEM_CALL, both=False),
    Route("GET", "/api/v1/exchange/cases/{number}", exchange.case, SYSTEM_CALL, both=False),
    Route("GET", "/api/v1/exchange/cases/{number}/files/{sha256}", exchange.file, SYSTEM_CALL, both=False),
    Route("POST", "/api/v1/exchange/cases/{number}/actions", exchange.act, SYSTEM_CALL, both=False),
    Route("GET", "/api/v1/links/openapi.json", links.described, ANYONE, both=False),
    Route("POST", "/api/v1/links/heard", links.heard, LINK_CALL, both=False),
    Route("POST", "/api/v1/packages", api_packages.apply, CITIZEN, both=False, rate="api"),
    Route("GET", "/api/v1/packages/{number}", api_packages.status, ANYONE, both=False, rate="status"),
    Route("POST", "/api/v1/packages/{number}/actions", api_packages.act, CITIZEN, both=False),
    Route("GET", "/api/v1/grants", api_grants.listed, CITIZEN, both=False),
    Route("POST", "/api/v1/grants", api_grants.give, CITIZEN, both=False, rate="api"),
    Route("POST", "/api/v1/grants/{number}/actions", api_grants.act, CITIZEN, both=False, rate="code"),
    Route("GET", "/api/v1/review/cases", api_review.queue, QUEUE, both=False),
    Route("GET", "/api/v1/review/cases/{number}", api_review.review_case, CASE, both=False),
    Route("POST", "/api/v1/review/cases/{number}/reveal", api_review.review_reveal, CASE, both=False),
    Route("POST", "/api/v1/review/cases/{number}/actions", api_review.review_action, ACT, both=False),
)
