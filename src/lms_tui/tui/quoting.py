"""What is put before a question to the mentor as a quote: a question of a quiz that was submitted."""

from lms_tui.tui.answer_words import answer_words, right_words
from lms_tui.tui.text.passages import quoted
from lms_tui.wire.quizzes import QuestionResult


def quoted_question(each: QuestionResult) -> str:
    """Return a question of a result as a quote: what was asked, what the learner answered, and whether that is right.

    The right answer stands in it only where the result shows it.
    """
    question = each.question
    parts = [question.title.strip(), question.description.strip()]
    options = [f"- {option.text.strip()}" for option in question.options]
    verdict = "right" if each.is_correct else "wrong"
    answers = [f"My answer: {answer_words(question, each.answer)} ({verdict})"]
    if right := right_words(question, each.correct, each.accepted):
        answers.append(f"Right: {right}")
    blocks = [*(part for part in parts if part), "\n".join(options), "\n".join(answers)]
    return quoted("\n\n".join(block for block in blocks if block))
