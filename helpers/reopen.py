"""A Jupyter server extension: a notebook that was run, saved and opened again shows its pictures.

A saved explorer is a reference to a model in the kernel that ran it, with a picture beside it. Of
the two JupyterLab shows the reference, and says "model not found" when that kernel is gone. Here
such references are left out of what is sent to the browser; the file keeps them, and so does a page
whose kernel still has the model. Installing the course switches it on (etc/jupyter).
"""

from jupyter_server.services.contents.manager import AsyncContentsManager

VIEW = "application/vnd.jupyter.widget-view+json"


async def living(server, path, timeout=2):
    """Return the ids of the models in the kernels that run ``path``; None if one does not tell."""
    found = set()
    for session in await server.session_manager.list_sessions():
        if session["path"].strip("/") != path.strip("/"):
            continue
        client = server.kernel_manager.get_kernel(session["kernel"]["id"]).client()
        client.start_channels()
        try:
            answer = await client.comm_info(reply=True, timeout=timeout)
            found |= set(answer["content"]["comms"])
        except TimeoutError:  # it is busy, and will have them when it is not
            return None
        finally:
            client.stop_channels()
    return found


def without_views(notebook, models):
    """Drop each view of a model that is not among ``models``, wherever a picture lies beside it."""
    for output in (out for cell in notebook["cells"] for out in cell.get("outputs", [])):
        data = output.get("data", {})
        if "image/png" in data and data.get(VIEW, {}).get("model_id") not in models:
            data.pop(VIEW, None)


def _load_jupyter_server_extension(server):
    manager = server.contents_manager
    if not isinstance(manager, AsyncContentsManager):
        return
    read = manager.get

    async def get(path, *args, **kwargs):
        model = await read(path, *args, **kwargs)
        notebook = model.get("content") if model["type"] == "notebook" else None
        if notebook and VIEW in str(notebook):
            models = await living(server, path)
            if models is not None:
                without_views(notebook, models)
        return model

    manager.get = get


def _jupyter_server_extension_points():
    return [{"module": "helpers.reopen"}]
