document.getElementById("app").textContent = "Re:paint";
