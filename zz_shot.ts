import { chromium } from "playwright-core";
const [path, width, scheme, out, ...args] = Deno.args;
const b = await chromium.launch({executablePath:"/usr/bin/chromium", args:["--no-sandbox","--disable-gpu",...args]});
const page = await b.newPage({viewport:{width:Number(width),height:900},colorScheme:scheme as "light"});
page.on("console",m=>console.log("console",m.text())); page.on("pageerror",e=>console.log("pageerror",e.message)); page.on("request",r=>{if(!r.url().startsWith("data:"))console.log("req",r.url().slice(0,100))});
await page.goto("file://"+path);
for(let i=0;i<600;i++){ const e=await page.evaluate("document.documentElement.dataset.engine||document.querySelector('#status.error')?.textContent"); if(e) break; await page.waitForTimeout(100);}
console.log(await page.evaluate("JSON.stringify({...document.documentElement.dataset, s:document.querySelector('#status').textContent, sp:document.querySelector('#speed').textContent})"));
await page.screenshot({path:out, fullPage:true}); await b.close();
