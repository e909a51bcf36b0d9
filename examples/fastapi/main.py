"""A FastAPI app: JSON, its own documentation at /docs, and a websocket that answers what it hears."""

import os
import platform

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from pydantic import BaseModel

app = FastAPI(title="Hello FastAPI")


class Status(BaseModel):
    message: str
    python: str
    pid: int


@app.get("/")
async def index() -> Status:
    return Status(message="It works", python=platform.python_version(), pid=os.getpid())


@app.websocket("/ws")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
