"""A Jupyter server extension: a notebook that was run, saved and opened again shows its pictures.

A saved explorer is a reference to a model in the kernel that ran it, with a picture beside it. Of
the two JupyterLab shows the reference, and says "model not found" when that kernel is gone. Here
such references are left out of what is sent to the browser; the file keeps them, and so does a page
whose kernel still has the model. Installing the course switches it on (etc/jupyter).
"""

from jupyter_server.services.contents.manager import AsyncContentsManager

VIEW = "application/vnd.jupyter.widget-view+json"


async def living(server, path):
    """Return the ids of the models in the kernels that run ``path``; None if one is busy."""
    found = set()
    for session in await server.session_manager.list_sessions():
        if session["path"].strip("/") != path.strip("/"):
            continue
        if session["kernel"]["execution_state"] == "busy":  # it has them still when it is not
            return None
        client = server.kernel_manager.get_kernel(session["kernel"]["id"]).client()
        client.start_channels()
        try:
            answer = await client.comm_info(reply=True, timeout=10)
            found |= set(answer["content"]["comms"])
        except TimeoutError:  # a cell was started in this very moment
            return None
        finally:
            client.stop_channels()
    return found


def views(notebook):
    """Return the data of each output in which a view stands beside a picture."""
    outputs = (out for cell in notebook["cells"] for out in cell.get("outputs", []))
    data = [out.get("data", {}) for out in outputs]
    return [formats for formats in data if VIEW in formats and "image/png" in formats]


def _load_jupyter_server_extension(server):
    manager = server.contents_manager
    if not isinstance(manager, AsyncContentsManager):
        return
    read = manager.get

    async def get(path, *args, **kwargs):
        model = await read(path, *args, **kwargs)
        found = views(model["content"]) if model["type"] == "notebook" and model["content"] else []
        if found and (models := await living(server, path)) is not None:
            for formats in found:
                if formats[VIEW]["model_id"] not in models:
                    del formats[VIEW]
        return model

    manager.get = get


def _jupyter_server_extension_points():
    return [{"module": "helpers.reopen"}]
