"""How nbconvert makes slides of the main pages; see ``make slides``."""

import re
from pathlib import Path

from nbconvert.preprocessors import Preprocessor
from nbformat.v4 import new_output

from exercises import questions
from exercises.questions import export


def key(tag):
    """Return what the speaker's notes say of a question: the right answer, and the replies."""
    question = questions.load(tag.split(".")[0])[tag]
    right = question["right"] if questions.choices(question) else export.plain(question["right"])
    praise = next(reply for _, right, reply, _ in export.answers(question) if right)
    lines = [f"<strong>Right: {right}</strong> {export.page(praise or question.get('hint', ''))}"]
    lines += [f"<em>{name}:</em> {export.page(words)}" for name, words in export.wrong(question)]
    return "".join(f"<p>{line}</p>" for line in lines)


class Terse(Preprocessor):
    """Leave out claims printed with a picture or a result; put a question's key in the notes."""

    enabled = True

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type != "code":
            return cell, resources
        outputs = [out.copy() for out in cell.outputs]
        for out in outputs:
            if "text" in out:
                out["text"] = re.sub(r"(?m)^C\d+\.\d+ .*\n?", "", out["text"])
        cell.outputs = [out for out in outputs if out.get("text", " ")] or cell.outputs
        if asked := re.match(r'exercises\.ask\("([^"]+)"', cell.source):
            notes = f'<aside class="notes">{key(asked[1])}</aside>'
            cell.outputs.append(new_output("display_data", {"text/html": notes}))
        return cell, resources


c = get_config()  # noqa: F821, nbconvert provides it
c.NbConvertApp.export_format = "slides"
c.SlidesExporter.template_name = "lecture"
c.TemplateExporter.extra_template_basedirs = [str(Path(__file__).parent)]
c.TemplateExporter.exclude_input_prompt = c.TemplateExporter.exclude_output_prompt = True
c.TagRemovePreprocessor.enabled = True
c.TagRemovePreprocessor.remove_input_tags = {"hide-input"}
c.SlidesExporter.preprocessors = [Terse]
c.SlidesExporter.reveal_theme = "white"
c.SlidesExporter.reveal_url_prefix = "reveal"
