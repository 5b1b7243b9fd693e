"""How nbconvert makes slides of the main pages; see ``make slides``."""

import re
from pathlib import Path

from nbconvert.preprocessors import Preprocessor


class Terse(Preprocessor):
    """Leave out claims printed with a picture or a result: the prose says them."""

    enabled = True

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type != "code":
            return cell, resources
        outputs = [out.copy() for out in cell.outputs]
        for out in outputs:
            if "text" in out:
                out["text"] = re.sub(r"(?m)^C\d+\.\d+ .*\n?", "", out["text"])
        cell.outputs = [out for out in outputs if out.get("text", " ")] or cell.outputs
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
