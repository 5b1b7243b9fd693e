"""How nbconvert makes slides of the main pages; see ``make slides``."""

import re
from pathlib import Path

from nbconvert.preprocessors import Preprocessor


class Terse(Preprocessor):
    """Leave out the claims printed below a picture: the prose says them, it needs the room."""

    enabled = True

    def preprocess_cell(self, cell, resources, index):
        if any("image/png" in out.get("data", {}) for out in cell.get("outputs", [])):
            for out in cell.outputs:
                if "text" in out:
                    out.text = re.sub(r"(?m)^C\d+\.\d+ .*\n?", "", out.text)
            cell.outputs = [out for out in cell.outputs if out.get("text", " ")]
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
