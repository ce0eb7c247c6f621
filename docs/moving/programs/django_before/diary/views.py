from django.contrib.auth.decorators import login_required, user_passes_test
from django.forms import modelform_factory
from django.shortcuts import redirect, render

from .models import Note

NoteForm = modelform_factory(Note, fields=["text"])


@login_required
def diary(request):
    form = NoteForm(request.POST or None)

    if form.is_valid():
        form.instance.author = request.user
        form.save()
        return redirect("diary")

    notes = Note.objects.filter(author=request.user)
    return render(request, "diary.html", {"form": form, "notes": notes})


def is_editor(user):
    return user.groups.filter(name="editors").exists()


@login_required
@user_passes_test(is_editor)
def all_notes(request):
    return render(request, "diary.html", {"notes": Note.objects.all()})
