"""Addresses of years."""

from django.urls import path

from zhikong.hospital.overviews.years.views import books, letters, pages, rolling, summaries

app_name = "years"

urlpatterns = [
    path("", pages.index, name="index"),
    path("rolls/", rolling.roll_overs, name="roll_overs"),
    path("rolls/<int:pk>/", rolling.roll_over, name="roll_over"),
    path("rolls/<int:pk>/lines/<int:line_pk>/", rolling.choose, name="choose"),
    path("rolls/<int:pk>/preview/", rolling.preview, name="preview"),
    path("rolls/<int:pk>/plan.docx", rolling.plan, name="plan"),
    path("rolls/<int:pk>/<slug:act>/", rolling.act, name="roll_act"),
    path("letters/", letters.letters, name="letters"),
    path("letters/sign/", letters.sign_many, name="sign_many"),
    path("letters/template/", letters.template, name="template"),
    path("letters/template.docx", letters.template_file, name="template_file"),
    path("letters/<int:year>/letters.zip", letters.archive, name="archive"),
    path("letters/<int:year>/do/<slug:act>/", letters.act_all, name="letters_act"),
    path("letter/<int:pk>/", letters.letter, name="letter"),
    path("letter/<int:pk>/letter.docx", letters.document, name="letter_document"),
    path("letter/<int:pk>/check/<int:check_pk>.docx", letters.check_document, name="check_document"),
    path("letter/<int:pk>/do/<slug:act>/", letters.act, name="letter_act"),
    path("summaries/", summaries.summaries, name="summaries"),
    path("summaries/<int:pk>/", summaries.summary, name="summary"),
    path("summaries/<int:pk>/figures/<int:number>/", summaries.figure, name="figure"),
    path("summaries/<int:pk>/summary.<str:kind>", summaries.document, name="summary_document"),
    path("summaries/<int:pk>/<slug:act>/", summaries.act, name="summary_act"),
    path("books/", books.books, name="books"),
    path("books/<int:department_id>/book.pdf", books.book, name="book"),
]
