"""A quiz taken by keys: what is stored when it is given, what the screen says about it, and what survives."""

from pathlib import Path
from uuid import UUID

import pytest
from tests.tui.quiz_service import ATTEMPT, QuizService, question_of, refusal, screen_text, settled, taking
from textual.pilot import Pilot
from textual.widgets import TextArea

from lms_tui.client.outbox import Outbox
from lms_tui.tui.app import LmsApp
from lms_tui.tui.screens.quiz import PAUSE, QuizScreen
from lms_tui.tui.screens.quiz_start import QuizStartScreen
from lms_tui.tui.screens.result import ResultScreen
from lms_tui.wire.errors import Code
from lms_tui.wire.quizzes import ANSWER, SUBMIT, Answer, AnswerRequest, Kind, SubmitRequest

pytestmark = pytest.mark.anyio


def ids(service: QuizService, at: int) -> list[UUID]:
    return [option.id for option in service.questions[at].options]


async def open_quiz(app: LmsApp, pilot: Pilot[None], outbox: Outbox) -> None:
    app.push_screen(QuizScreen(ATTEMPT))
    outbox.hurry()  # what waited longer after a failure goes out at once
    await settled(app, pilot, outbox)


async def test_a_quiz_of_every_kind_from_the_first_key_to_the_result(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        text = screen_text(app)
        assert "question 1 of 6 · not answered yet" in text.splitlines()[0]
        assert "● ○ ○ ○ ○ ○" in text
        assert "needs 70 % · attempt 2 of 3" in text
        await pilot.press("2", "enter")
        await pilot.press("1", "3", "right")
        await pilot.press("f", "t", "t", "enter")
        await pilot.press("asterisk", "enter", *"ORDER", "enter")
        await pilot.press("3", "right")
        await pilot.press(*"It names a row", "escape")
        await settled(app, pilot, outbox)
        # the sixth is still being typed: whether it was sent is a matter of how quick the keys came
        assert [service.said(at) for at in range(5)] == [
            Answer(chosen=[ids(service, 0)[1]]),
            Answer(chosen=[ids(service, 1)[0], ids(service, 1)[2]]),
            Answer(marked=dict(zip(ids(service, 2), [False, True, True], strict=True))),
            Answer(blanks=["*", "ORDER"]),
            Answer(chosen=[ids(service, 4)[2]]),
        ]
        await pilot.press("enter")
        await settled(app, pilot, outbox)
        assert service.said(5) == Answer(text="It names a row")
        assert "6 of 6 answered · all saved" in screen_text(app)
        await pilot.press("s")
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, ResultScreen)
        (submitted,) = service.requests(SubmitRequest)
        assert submitted.questions == [question.id for question in service.questions]
        await pilot.press("escape")
        assert "Browse the catalog" in screen_text(app)


async def test_saved_is_said_only_when_the_service_said_so(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        service.away = True
        await pilot.press("2")
        await settled(app, pilot, outbox)
        assert "waiting" in screen_text(app).splitlines()[0]
        await pilot.press("right")
        assert "◌ ● ○" in screen_text(app)
        service.away = False
        outbox.hurry()
        await settled(app, pilot, outbox)
        assert "✓ ● ○" in screen_text(app)
        await pilot.press("left")
        assert "● saved" in screen_text(app).splitlines()[0]


async def test_typed_text_is_kept_after_a_pause_once_and_at_once_on_leaving_the_page(tmp_path: Path) -> None:
    service = QuizService(questions=[question_of(Kind.TEXT), question_of(Kind.SCALE)])
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        await pilot.press(*"key")
        assert "saving" in screen_text(app).splitlines()[0]
        await pilot.press("ctrl+n")
        await settled(app, pilot, outbox)
        assert [request.answer for request in service.requests(AnswerRequest)] == [Answer(text="key")]


async def test_leaving_keeps_what_was_typed_last_and_the_place(tmp_path: Path) -> None:
    service = QuizService(questions=[question_of(Kind.SCALE), question_of(Kind.TEXT), question_of(Kind.CHOOSE_ONE)])
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        service.away = True
        await pilot.press("right", *"half", "escape", "f", "escape")
        assert not isinstance(app.screen, QuizScreen)
        await settled(app, pilot, outbox)
    service.away = False
    async with taking(service, tmp_path) as (app, pilot, outbox):
        service.away = True  # the answers that wait are shown although the service never saw them
        await settled(app, pilot, outbox)
        service.away = False
        await open_quiz(app, pilot, outbox)
        first = screen_text(app).splitlines()[0]
        assert "question 2 of 3" in first
        assert "flagged" in first
        assert "half" in screen_text(app)
        assert service.said(1) == Answer(text="half")


async def test_an_answer_without_a_move_leads_back_to_its_question(tmp_path: Path) -> None:
    service = QuizService(questions=[question_of(Kind.SCALE), question_of(Kind.CHOOSE_ONE)])
    for _ in range(2):
        async with taking(service, tmp_path) as (app, pilot, outbox):
            await open_quiz(app, pilot, outbox)
            assert "question 1 of 2" in screen_text(app).splitlines()[0]
            await pilot.press("2")
            await settled(app, pilot, outbox)


async def test_closing_the_app_keeps_what_was_typed_last(tmp_path: Path) -> None:
    service = QuizService(questions=[question_of(Kind.TEXT)])
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        service.away = True
        await pilot.press(*"last")
    service.away = False
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        assert service.said(0) == Answer(text="last")


async def test_it_resumes_at_the_first_question_without_an_answer(tmp_path: Path) -> None:
    service = QuizService()
    service.answered_elsewhere(0, Answer(chosen=[ids(service, 0)[0]]))
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        assert "question 2 of 6" in screen_text(app)
        assert "✓ ● ○" in screen_text(app)


async def test_one_key_leads_from_home_into_the_open_attempt(tmp_path: Path) -> None:
    service = QuizService()
    service.answered_elsewhere(0, Answer(chosen=[ids(service, 0)[0]]))
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await settled(app, pilot, outbox)
        await pilot.press("c")
        await settled(app, pilot, outbox)
        assert "question 2 of 6" in screen_text(app)


@pytest.mark.parametrize(("key", "stands"), [("enter", 1), ("down", 2)])
async def test_of_two_answers_the_learner_chooses(tmp_path: Path, key: str, stands: int) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        service.answered_elsewhere(0, Answer(chosen=[ids(service, 0)[2]]))
        await pilot.press("2")
        await settled(app, pilot, outbox)
        text = screen_text(app)
        assert "Question 1 was answered on another terminal too" in text
        assert "rows of the left table" in text
        assert "both" in text
        await pilot.press(*(["down", "enter"] if key == "down" else ["enter"]))
        await settled(app, pilot, outbox)
        assert service.said(0) == Answer(chosen=[ids(service, 0)[stands]])
        assert "● saved" in screen_text(app).splitlines()[0]
        assert f"{stands + 1} (•)" in screen_text(app)
        assert outbox.counts().refused == 0


async def test_a_conflict_can_be_put_off_and_is_named_in_the_review(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        service.answered_elsewhere(0, Answer(chosen=[ids(service, 0)[2]]))
        await pilot.press("2")
        await settled(app, pilot, outbox)
        await pilot.press("escape", "right")
        await settled(app, pilot, outbox)
        assert "! ● ○" in screen_text(app)
        await pilot.press("r")
        await pilot.pause()
        assert "answered elsewhere too" in screen_text(app)
        await pilot.press("s", "y")
        await pilot.pause()
        assert service.requests(SubmitRequest) == []
        await pilot.press("escape", "x")
        await pilot.pause()
        await pilot.press("enter")
        await settled(app, pilot, outbox)
        assert service.said(0) == Answer(chosen=[ids(service, 0)[1]])


async def test_an_answer_refused_in_an_earlier_run_is_told_before_anything_is_submitted(tmp_path: Path) -> None:
    service = QuizService(questions=[question_of(Kind.CHOOSE_ONE)])
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        service.answered_elsewhere(0, Answer(chosen=[ids(service, 0)[2]]))
        await pilot.press("2")
        await settled(app, pilot, outbox)
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        assert "Question 1 was answered on another terminal too" in screen_text(app)
        await pilot.press("escape", "r", "s")
        await pilot.pause()
        assert service.requests(SubmitRequest) == []
        await pilot.press("escape", "x")
        await pilot.pause()
        await pilot.press("enter", "r")
        await settled(app, pilot, outbox)
        await pilot.press("s")
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, ResultScreen)
    assert service.said(0) == Answer(chosen=[ids(service, 0)[1]])


async def test_a_submission_that_is_held_back_is_told_in_the_status_and_goes_after_the_answer(tmp_path: Path) -> None:
    service = QuizService(questions=[question_of(Kind.CHOOSE_ONE)])
    submission = SubmitRequest(attempt_id=ATTEMPT, questions=[service.questions[0].id])
    async with taking(service, tmp_path) as (app, pilot, outbox):
        service.refuse["quizzes.answer"] = refusal(Code.BAD_REQUEST, "That is too much.")
        await outbox.put(
            ANSWER, AnswerRequest(attempt_id=ATTEMPT, question_id=submission.questions[0], answer=Answer())
        )
        await outbox.put(SUBMIT, submission)
        await settled(app, pilot, outbox)
        assert "1 waiting, 1 for your answer" in screen_text(app).splitlines()[0]
        await open_quiz(app, pilot, outbox)
        assert "Your answer to question 1 was not saved: That is too much." in screen_text(app)
        assert service.requests(SubmitRequest) == []
        await pilot.press("2")
        await settled(app, pilot, outbox)
        writes = [type(request) for request in service.asked if isinstance(request, AnswerRequest | SubmitRequest)]
        assert writes == [AnswerRequest, AnswerRequest, SubmitRequest]
        assert outbox.counts().waiting == 0


async def test_the_review_names_what_is_unanswered_and_flagged_and_jumps(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        await pilot.press("2", "right", "f", "right", "t", "r")
        await settled(app, pilot, outbox)
        text = screen_text(app)
        assert "1 of 6 answered · 5 not answered · 1 flagged · all saved" in text
        assert "⚑ flagged · not answered" in text
        assert "partly answered" in text
        await pilot.press("s")
        await pilot.pause()
        assert "5 questions have no answer yet." in screen_text(app)
        assert "2, 3, 4, 5, 6" in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert service.requests(SubmitRequest) == []
        await pilot.press("G", "enter")
        await settled(app, pilot, outbox)
        assert "question 6 of 6" in screen_text(app)


async def test_unanswered_questions_can_be_submitted_all_the_same(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        await pilot.press("r", "s")
        await pilot.pause()
        await pilot.press("y")
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, ResultScreen)


async def test_a_submission_goes_behind_the_answers_that_still_wait(tmp_path: Path) -> None:
    service = QuizService(questions=[question_of(Kind.SCALE)])
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        service.away = True
        await pilot.press("2", "r")
        await settled(app, pilot, outbox)
        assert "waiting to be sent" in screen_text(app)
        await pilot.press("s")
        await settled(app, pilot, outbox)
        assert "Your submission is kept on this machine." in screen_text(app)
        service.away = False
        outbox.hurry()
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, ResultScreen)
    asked = [type(request) for request in service.asked]
    assert asked.index(AnswerRequest) < asked.index(SubmitRequest)
    assert asked.count(SubmitRequest) == 1


async def test_a_service_that_goes_away_at_the_last_moment_finds_the_submission_kept(tmp_path: Path) -> None:
    service = QuizService(questions=[question_of(Kind.SCALE)])
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        await pilot.press("2", "r")
        await settled(app, pilot, outbox)
        assert "all saved" in screen_text(app)
        service.away = True
        await pilot.press("s")
        await settled(app, pilot, outbox)
        assert "Your submission is kept on this machine." in screen_text(app)
        await pilot.press("s")  # it is no key any more: nothing is submitted twice
        service.away = False
        outbox.hurry()
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, ResultScreen)
    assert len(service.requests(SubmitRequest)) == 1


async def test_a_quiz_that_changed_comes_back_with_all_answers(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        await pilot.press("2", "r")
        await settled(app, pilot, outbox)
        service.questions = service.questions[:2]
        service.refuse["quizzes.submit"] = refusal(Code.QUIZ_CHANGED, "The quiz has changed.")
        await pilot.press("s")
        await pilot.pause()
        await pilot.press("y")
        await settled(app, pilot, outbox)
        text = screen_text(app)
        assert isinstance(app.screen, QuizScreen)
        assert "of 2" in text
        assert "The quiz has changed" in text
        await pilot.press("p")
        assert "2 (•)" in screen_text(app)


async def test_an_answer_after_another_terminals_submission_leads_to_the_result_and_stays_in_the_outbox(
    tmp_path: Path,
) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        service.refuse["quizzes.answer"] = refusal(Code.ATTEMPT_CLOSED, "This attempt was submitted already.")
        await pilot.press("2")
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, ResultScreen)
        assert "submitted on another terminal" in screen_text(app)
        assert "82 %" in screen_text(app)
        assert outbox.counts().refused == 1
        await pilot.press("escape")
        await settled(app, pilot, outbox)
        assert "Continue" in screen_text(app)  # home: the quiz is not there any more


async def test_an_attempt_that_an_instructor_set_aside_leads_to_the_start_page(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        service.refuse["quizzes.answer"] = refusal(Code.STALE, "Your instructor has given you a fresh start.")
        await pilot.press("2")
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, QuizStartScreen)
        assert "has given you a fresh start" in screen_text(app)


async def test_an_open_attempt_that_was_submitted_before_it_loads_leads_to_the_result(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        service.refuse["quizzes.attempt"] = refusal(Code.ATTEMPT_CLOSED, "This attempt was submitted already.")
        app.push_screen(QuizScreen(ATTEMPT))
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, ResultScreen)
        assert "submitted on another terminal" in screen_text(app)


async def test_the_review_takes_up_what_another_terminal_answered_and_overwrites_nothing(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        service.answered_elsewhere(1, Answer(chosen=ids(service, 1)[:1]))
        await pilot.press("r")
        await settled(app, pilot, outbox)
        assert "1 answer of another terminal taken up" in screen_text(app)
        assert "1 of 6 answered" in screen_text(app)
        await pilot.press("escape", "right")
        await settled(app, pilot, outbox)
        assert "1 [x]" in screen_text(app)
        assert "● saved" in screen_text(app).splitlines()[0]
        await pilot.press("3")  # on the base of what was taken up: no conflict
        await settled(app, pilot, outbox)
        assert service.said(1) == Answer(chosen=[ids(service, 1)[0], ids(service, 1)[2]])


@pytest.mark.parametrize("code", [Code.ATTEMPT_CLOSED, Code.STALE])
async def test_the_review_notices_that_the_attempt_has_ended(tmp_path: Path, code: Code) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        service.refuse["quizzes.attempt"] = refusal(code, "It has ended.")
        await pilot.press("r")
        await settled(app, pilot, outbox)
        assert isinstance(app.screen, ResultScreen if code is Code.ATTEMPT_CLOSED else QuizStartScreen)


async def test_a_conflict_over_long_texts_shows_where_they_differ(tmp_path: Path) -> None:
    service = QuizService(questions=[question_of(Kind.TEXT)])
    long = "It names a row, so that other rows can point to it, and it never changes. " * 3
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        service.answered_elsewhere(0, Answer(text=f"{long}Said there."))
        app.screen.query_one(TextArea).text = f"{long}Said here."
        await pilot.pause(PAUSE * 2)
        await settled(app, pilot, outbox)
        text = screen_text(app)
        assert "Said here." in text
        assert "Said there." in text
        await pilot.press("2")
        await settled(app, pilot, outbox)
        assert service.said(0) == Answer(text=f"{long}Said there.")


@pytest.mark.parametrize(
    ("kind", "told", "not_told"),
    [
        (Kind.CHOOSE_ONE, "Choose the option of that number.", "Mark the statement"),
        (Kind.STATEMENTS, "Mark the statement true or false.", "Go to the field"),
        (Kind.BLANKS, "Go to the field above or below.", "Choose the option"),
        (Kind.TEXT, "Begin a new line.", "Go to the field"),
    ],
)
async def test_help_lists_the_keys_of_the_question(tmp_path: Path, kind: Kind, told: str, not_told: str) -> None:
    service = QuizService(questions=[question_of(kind)])
    async with taking(service, tmp_path, (100, 40)) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        await pilot.press("f1")
        await pilot.pause()
        text = screen_text(app)
        assert told in text
        assert not_told not in text


async def test_f_marks_a_statement_false_and_capital_f_flags(tmp_path: Path) -> None:
    service = QuizService(questions=[question_of(Kind.STATEMENTS)])
    async with taking(service, tmp_path) as (app, pilot, outbox):
        await open_quiz(app, pilot, outbox)
        await pilot.press("f", "F")
        await settled(app, pilot, outbox)
        assert service.said(0) == Answer(marked={ids(service, 0)[0]: False})
        assert "flagged" in screen_text(app)


async def test_the_service_away_at_the_start_can_be_asked_again(tmp_path: Path) -> None:
    service = QuizService()
    async with taking(service, tmp_path) as (app, pilot, outbox):
        service.away = True
        await open_quiz(app, pilot, outbox)
        assert "The service does not answer." in screen_text(app)
        service.away = False
        await pilot.press("r")
        await settled(app, pilot, outbox)
        assert "question 1 of 6" in screen_text(app)
